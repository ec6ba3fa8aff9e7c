import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { readConsulExport } from './consul-export.ts'
import type { ReadTree } from './document-tree.ts'
import { readEnvFile } from './env-file.ts'
import { parseEnvFile } from './env-lines.ts'
import { readNacosExport } from './nacos-export.ts'
import { readZip } from './zip-archive.ts'

function zip(files: Readonly<Record<string, string>>, level: 0 | 6 = 6): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])), { level })
}

function missing({ skipped }: ReadTree): readonly string[] {
  return skipped.filter(({ harmless }) => !harmless).map(({ name, reason }) => `${name}: ${reason}`)
}

describe('a .env file', () => {
  it.each([
    ['A=1', { A: '1' }],
    ['\uFEFFA=1', { A: '1' }],
    ['export A = 1 # why\r\nB=\r\n', { A: '1', B: '' }],
    [`A="a\\nb" # c\nB='a\\nb'\nC=\`x\`\nD="a\nb"\n`, { A: 'a\nb', B: 'a\\nb', C: 'x', D: 'a\nb' }],
    ['A="say \\"hi\\""', { A: 'say "hi"' }],
    ['A=a=b\n# B=2\n\n  C=3', { A: 'a=b', C: '3' }],
    ['a.b-c=1\nA__B=2', { 'a.b-c': '1', A__B: '2' }],
  ])('%j', (text, expected) => {
    const { variables, problems } = parseEnvFile(text.replace('\uFEFF', ''))
    expect(Object.fromEntries(variables)).toEqual(expected)
    expect(problems).toEqual([])
    expect(missing(readEnvFile(text, { path: 'a.yaml' }))).toEqual([])
  })

  it.each([
    ['A=1\nnonsense\nB=2', 2, 'it is not NAME=value'],
    ['A=1\nA=2', 1, 'line 2 sets A again'],
    ['A=1\nB="open\nC=3', 2, 'is not closed'],
    ['A="x" y', 1, 'after the value'],
    ['1A=x', 1, 'is not a name'],
    ['A=p#ss', 1, 'put the value of A in quotes'],
  ])('names the line of %j that is not taken', (text, line, reason) => {
    expect(readEnvFile(text, { path: 'a.yaml' }).skipped).toEqual([
      { name: `line ${line}`, reason: expect.stringContaining(reason) },
    ])
  })
})

describe('a zip archive packed by hand', () => {
  it.each([0, 6] as const)('is read without what operating systems put beside files (level %i)', async (level) => {
    const files = await readZip(
      zip(
        {
          './DEFAULT_GROUP/a.yaml': 'a: 1',
          '__MACOSX/DEFAULT_GROUP/._a.yaml': 'x',
          'DEFAULT_GROUP/.DS_Store': 'x',
          'DEFAULT_GROUP/Thumbs.db': 'x',
          'DEFAULT_GROUP/': '',
          'DEFAULT_GROUP\\b.yaml': 'b: 1',
          __proto__: 'c',
        },
        level,
      ),
    )
    expect([...files.keys()].sort()).toEqual(['DEFAULT_GROUP/a.yaml', 'DEFAULT_GROUP/b.yaml'])
    expect(Buffer.from(files.get('DEFAULT_GROUP/a.yaml') ?? '').toString()).toBe('a: 1')
  })

  it.each([0, 6] as const)('is refused when a single bit of it is not what was packed (level %i)', async (level) => {
    const text = 'timeout: 30\n'.repeat(20)
    const archive = zip({ 'DEFAULT_GROUP/a.yaml': text }, level)
    const start = 30 + 'DEFAULT_GROUP/a.yaml'.length
    const end = archive.length - 22 - 46 - 'DEFAULT_GROUP/a.yaml'.length
    for (let at = start; at < end; at++) {
      const damaged = Uint8Array.from(archive)
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8))
      const read = await readZip(damaged).then(
        (files) => Buffer.from(files.get('DEFAULT_GROUP/a.yaml') ?? '').toString(),
        (error: unknown) => error,
      )
      // A bit that nobody reads may change nothing; it never changes a document.
      if (read !== text) expect(read).toMatchObject({ code: 'invalid-argument' })
    }
    await expect(readZip(archive.subarray(0, -1))).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(readZip(Buffer.from('PK'))).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('of Nacos may have everything in one folder more', async () => {
    const tree = await readNacosExport(zip({ 'export/.meta.yml': '', 'export/DEFAULT_GROUP/a.yaml': 'a: 1' }))
    expect([...tree.documents.keys()]).toEqual(['a.yaml'])
  })

  it('of Nacos says what its metadata names and it does not have, and when the metadata cannot be read', async () => {
    const metadata =
      'metadata:\n- {dataId: a, group: DEFAULT_GROUP, type: yaml}\n- {dataId: b, group: G}\n- {group: G}\n'
    const tree = await readNacosExport(zip({ '.metadata.yml': metadata, 'DEFAULT_GROUP/a': 'a: 1' }))
    expect([...tree.documents.keys()]).toEqual(['a.yaml'])
    expect(missing(tree)).toEqual([
      '.metadata.yml: one of its items has no group or data id',
      'G/b: the metadata names it, and it is not in the archive',
    ])
    for (const broken of ['metadata: [', 'other: 1']) {
      const read = await readNacosExport(zip({ '.metadata.yml': broken, 'DEFAULT_GROUP/a': 'a: 1' }))
      expect(missing(read)).toEqual([expect.stringContaining('types are not known')])
    }
  })
})

it('a key of Consul with a slash at the end is a folder only when it holds nothing', () => {
  const value = Buffer.from('x').toString('base64')
  const list = [
    { key: 'a/', value: '' },
    { key: 'b/', value },
    { key: 'c', value },
  ]
  const tree = readConsulExport(JSON.stringify(list))
  expect([...tree.documents.keys()]).toEqual(['c'])
  expect(missing(tree)).toEqual([expect.stringContaining('b/: it holds a value')])
})
