import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EtcdClient } from '@waypost/client'
import { systemClock } from '@waypost/core'
import { makeTempDir, removeTempDir, startStore } from '@waypost/testkit'
import fc from 'fast-check'
import { strToU8, zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigCenter } from '../../admin/config-center.ts'
import { parseProperties } from '../../documents/properties-document.ts'
import { scalarOfText } from '../../documents/scalar-text.ts'
import { onEachStore } from '../../each-store.test-support.ts'
import { readApolloExport } from './apollo-export.ts'
import { readConsulExport } from './consul-export.ts'
import { readDirectory, writeDirectory } from './directory.ts'
import type { DocumentTree, ReadTree } from './document-tree.ts'
import { readEnvFile } from './env-file.ts'
import { fileNameOf, pathOfFile } from './file-name.ts'
import { readNacosExport } from './nacos-export.ts'

function tree(documents: Record<string, string>): DocumentTree {
  return new Map(Object.entries(documents).map(([path, text]) => [path, Buffer.from(text)]))
}

function texts({ documents }: Pick<ReadTree, 'documents'>): Record<string, string> {
  return Object.fromEntries([...documents].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]))
}

function zip(files: Record<string, string>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])))
}

describe('a directory of documents', () => {
  let directory: string

  beforeEach(() => {
    directory = makeTempDir('documents')
  })

  afterEach(() => removeTempDir(directory))

  it('gives back what was written to it, byte for byte', async () => {
    const documents = tree({
      'order/application.yaml': 'a: 1\r\nb: 2\n',
      order: 'a document beside the folder of its name',
      '.git/config': 'no file of git',
      '配置/100%': '\uFEFF',
      'con.yaml': 'a device of Windows',
      'what?': '',
    })
    expect(await writeDirectory(directory, documents)).toMatchObject({ changed: [], deleted: [], unchanged: 0 })
    expect((await readdir(directory)).toSorted()).toEqual([
      '%2Egit',
      '%63on.yaml',
      'order',
      'order%',
      'what%3F',
      '配置',
    ])
    expect(await readDirectory(directory)).toEqual({ documents: new Map([...documents].sort()), skipped: [] })
  })

  it.skipIf(process.platform === 'win32')('is for its owner alone, and keeps a mode that somebody gave', async () => {
    const file = join(directory, 'a.yaml')
    const modeOf = async () => (await stat(file)).mode & 0o777
    await writeDirectory(directory, tree({ 'a.yaml': '1' }))
    expect(await modeOf()).toBe(0o600)
    await chmod(file, 0o640)
    await writeDirectory(directory, tree({ 'a.yaml': '2' }))
    expect(await modeOf()).toBe(0o640)
  })

  it('changes what differs, deletes on request, and leaves hidden files alone', async () => {
    await writeDirectory(directory, tree({ 'a.yaml': '1', 'b.yaml': '1', 'c/d.yaml': '1' }))
    await writeFile(join(directory, '.gitignore'), 'x')
    const next = tree({ 'a.yaml': '1', 'b.yaml': '2', 'e.yaml': '1' })
    const expected = { added: ['e.yaml'], changed: ['b.yaml'], deleted: ['c/d.yaml'], unchanged: 1 }
    expect(await writeDirectory(directory, next, { deleteOthers: true, dryRun: true })).toEqual(expected)
    expect(await readFile(join(directory, 'b.yaml'), 'utf8')).toBe('1')
    expect(await writeDirectory(directory, next, { deleteOthers: true })).toEqual(expected)
    const read = await readDirectory(directory)
    expect(texts(read)).toEqual({ 'a.yaml': '1', 'b.yaml': '2', 'e.yaml': '1' })
    expect(read.skipped).toEqual([{ name: '.gitignore', reason: 'it is hidden', harmless: true }])
  })

  it('neither reads nor writes through symbolic links', async () => {
    const elsewhere = join(directory, 'elsewhere')
    const inside = join(directory, 'inside')
    await mkdir(elsewhere)
    await mkdir(inside)
    await writeFile(join(elsewhere, 'secret'), 'x')
    await symlink(elsewhere, join(inside, 'order'))
    expect(await readDirectory(inside)).toMatchObject({ documents: new Map(), skipped: [{ name: 'order' }] })
    await expect(writeDirectory(inside, tree({ 'order/a.yaml': '1' }))).rejects.toMatchObject({
      code: 'failed-precondition',
    })
    expect(await readdir(elsewhere)).toEqual(['secret'])
  })

  it('names what prevents it', async () => {
    await expect(readDirectory(join(directory, 'typo'))).rejects.toMatchObject({ code: 'not-found' })
    await writeFile(join(directory, 'order'), 'a file')
    await expect(writeDirectory(directory, tree({ 'order/a.yaml': '1' }))).rejects.toMatchObject({
      code: 'failed-precondition',
      message: expect.stringContaining('cannot be written'),
    })
    expect(await readdir(directory)).toEqual(['order'])
  })

  it('has a file name for every path, and knows the path by it', () => {
    const segment = fc
      .string({
        unit: fc.constantFrom('a', 'B', '.', '%', '2', '5', ':', ' ', '\\', '配', '"'),
        minLength: 1,
        maxLength: 6,
      })
      .filter((name) => name !== '.' && name !== '..')
    const path = fc.array(fc.oneof(segment, fc.constantFrom('nul', 'COM1.txt')), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(path, fc.boolean(), (segments, isFolder) => {
        const name = fileNameOf(segments.join('/'), isFolder)
        expect(name).not.toMatch(/[\\:*?"<>|]|(^|\/)\.|[. ](\/|$)/)
        expect(pathOfFile(name)).toBe(segments.join('/'))
      }),
    )
  })
})

describe('an export', () => {
  /** As Apollo's portal serialises it. */
  function item(line: number, key: string, value: string, comment?: string): object {
    const by = { dataChangeCreatedBy: 'apollo', dataChangeCreatedTime: 'Nov 3, 2025 10:00:00 AM' }
    return {
      id: 0,
      namespaceId: 0,
      key,
      value,
      type: 0,
      ...(comment === undefined ? {} : { comment }),
      lineNum: line,
      ...by,
    }
  }

  it('of Apollo becomes documents of applications and profiles', async () => {
    const archive = zip({
      'apollo/order/app.metadata': '{}',
      'order+application.appnamespace.metadata': '{}',
      'apollo/order/PRO/default.cluster.metadata': '{}',
      'apollo/order/PRO/order+default+application.properties': JSON.stringify([
        item(3, 'a key', ' 1\n2\\', 'why'),
        item(1, '', '', '# of the team'),
        item(2, '', '', ''),
        item(4, 'db.url', 'jdbc:h2://x?a=b#c'),
      ]),
      'apollo/order/PRO/order+default+redis.yml': JSON.stringify([item(1, 'content', 'b: 1\r\n')]),
      'apollo/order/PRO/order+default+none.properties': '[]',
      'apollo/order/PRO/order+beijing+application.properties': 'a = 2\n',
      'apollo/order/PRO/order+default+list.json': '[{"key": "a", "value": "b"}]',
      'apollo/order/DEV/order+default+application.properties': 'a = 3\n',
    })
    await expect(readApolloExport(archive)).rejects.toThrow('DEV, PRO')
    await expect(readApolloExport(archive, { env: 'UAT' })).rejects.toThrow('no environment UAT')
    const read = await readApolloExport(archive, { env: 'PRO' })
    expect(texts(read)).toEqual({
      'order/application.properties': '# of the team\n\n# why\na\\ key = \\ 1\\n2\\\\\ndb.url = jdbc:h2://x?a=b#c\n',
      'order/redis.yml': 'b: 1\r\n',
      'order/none.properties': '',
      'order/beijing/application.properties': 'a = 2\n',
      'order/list.json': '[{"key": "a", "value": "b"}]',
    })
    expect(read.skipped.map(({ name }) => name)).toHaveLength(3)
  })

  it('of one application of Apollo has no owner in front', async () => {
    const archive = zip({ 'order/DEV/order+default+application.yaml': JSON.stringify([item(1, 'content', 'a: 1')]) })
    expect(texts(await readApolloExport(archive))).toEqual({ 'order/application.yaml': 'a: 1' })
  })

  it('of Apollo says in properties what its items said', async () => {
    const word = fc.string({
      unit: fc.constantFrom('a', '配', ' ', '\t', '\n', '\r', '\\', '=', ':', '#', '!', '"', 'u'),
    })
    const name = fc.tuple(word, fc.nat()).map(([text, n]) => `${text}${n}`)
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, word), word, async (values, comment) => {
        const items = Object.entries(values).map(([key, value], line) => item(line, key, value, comment))
        const archive = zip({ 'o/DEV/o+default+a.properties': JSON.stringify([...items, item(99, '', '', comment)]) })
        const text = texts(await readApolloExport(archive))['o/a.properties'] ?? ''
        const expected = Object.entries(values).map(([key, value]) => [key, scalarOfText(value)])
        expect(parseProperties(text)).toEqual(Object.fromEntries(expected))
      }),
    )
  })

  it('of Nacos becomes documents, in layers where it is told the applications', async () => {
    const archive = zip({
      'DEFAULT_GROUP/order.yaml': 'a: 1\n',
      'DEFAULT_GROUP/order-prod.yaml': 'a: 2\n',
      'DEFAULT_GROUP/order-admin.yaml': 'a: 3\n',
      'PAY/rules': '{"a": 4}',
      '.metadata.yml':
        "metadata:\n- appName: ''\n  dataId: rules\n  desc: '规则'\n  group: PAY\n  type: json\n" +
        '- !!com.alibaba.nacos.config.server.model.ConfigMetadata$ConfigExportItem {dataId: order.yaml, group: DEFAULT_GROUP, type: yaml}\n',
      'stray.txt': '',
    })
    expect(texts(await readNacosExport(archive))).toEqual({
      'order.yaml': 'a: 1\n',
      'order-prod.yaml': 'a: 2\n',
      'order-admin.yaml': 'a: 3\n',
      'PAY/rules.json': '{"a": 4}',
    })
    const read = await readNacosExport(archive, { apps: ['order', 'order-admin'] })
    expect([...read.documents.keys()].toSorted()).toEqual([
      'PAY/rules.json',
      'order-admin/application.yaml',
      'order/application.yaml',
      'order/prod/application.yaml',
    ])
    expect(read.skipped).toEqual([{ name: 'stray.txt', reason: 'it is in no group' }])
  })

  it('of Consul becomes documents', () => {
    const json = JSON.stringify([
      { key: 'config/order/timeout', flags: 0, value: Buffer.from('30').toString('base64') },
      { key: 'config/order/', flags: 0, value: '' },
      { key: 'other', flags: 0, value: '' },
      { key: 'config//bad', flags: 0, value: '', namespace: 'default', partition: 'default' },
      { key: 'config/order/mistake', flags: 42, value: 'no base64!' },
    ])
    const read = readConsulExport(json, { prefix: 'config/' })
    expect(texts(read)).toEqual({ 'order/timeout': '30' })
    expect(read.skipped.map(({ name }) => name)).toEqual([
      'config/order/',
      'other',
      'config//bad',
      'config/order/mistake',
    ])
    expect(() => readConsulExport('{}')).toThrow('consul kv export')
  })

  it('that is no archive, or one that would fill the memory, is refused', async () => {
    await expect(readNacosExport(Buffer.from('not a zip'))).rejects.toThrow('zip archive')
  })

  it('of a .env file becomes a document', () => {
    const env = '# db\nDB__HOST=10.0.0.5\nDB__PORT="5432"\nNAME=\'a b\' # why\n'
    expect(texts(readEnvFile(env, { path: 'order/application.yaml' }))).toEqual({
      'order/application.yaml': 'DB__HOST: 10.0.0.5\nDB__PORT: "5432"\nNAME: a b\n',
    })
    expect(texts(readEnvFile(env, { path: 'order/application.yaml', separator: '__' }))).toEqual({
      'order/application.yaml': 'db:\n  host: 10.0.0.5\n  port: "5432"\nname: a b\n',
    })
    expect(() => readEnvFile('A=1\nA__B=2', { path: 'a.yaml', separator: '__' })).toThrow('A__B cannot be placed')
    expect(() => readEnvFile('A=1', { path: 'a.json' })).toThrow('YAML')
  })
})

onEachStore('imports', (on) => {
  let etcd: EtcdClient
  let config: ConfigCenter

  beforeEach(() => {
    ;({ etcd, config } = on())
  })

  it('releases what differs, and nothing else', async () => {
    await config.releases.publish('order/same.yaml', 'n: 1')
    await config.releases.publish('order/changed.yaml', 'n: 1')
    await config.releases.publish('order/gone.yaml', 'n: 1')
    await config.releases.publish('user/other.yaml', 'n: 1')
    const documents = tree({ 'order/same.yaml': 'n: 1', 'order/changed.yaml': 'n: 2', 'order/new.yaml': 'n: 3' })
    const options = { prefix: 'order/', deleteOthers: true, author: 'ci' }
    const preview = await config.documents.import(documents, { ...options, dryRun: true })
    expect(preview.documents.map(({ path, unchanged }) => [path, unchanged])).toEqual([
      ['order/same.yaml', true],
      ['order/changed.yaml', false],
      ['order/new.yaml', false],
      ['order/gone.yaml', false],
    ])
    const { releases, unchanged } = await config.documents.import(documents, options)
    expect(releases.map(({ path, release }) => [path, release])).toEqual([
      ['order/new.yaml', 1],
      ['order/changed.yaml', 2],
      ['order/gone.yaml', 2],
    ])
    expect(unchanged).toBe(1)
    expect(await config.releases.get('order/new.yaml', 1)).toMatchObject({ kind: 'import', author: 'ci' })
    expect(texts({ documents: await config.documents.export('order/') })).toEqual(texts({ documents }))
    expect(await config.get('user/other.yaml')).toBe('n: 1')
    const empty = config.documents.import(new Map(), options)
    await expect(empty).rejects.toMatchObject({ message: expect.stringContaining('delete all') })
    await expect(config.documents.import(documents, { prefix: 'user/' })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
  })

  it('takes more documents than one transaction does', async () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`many/${n}.yaml`, `n: ${n}`]))
    expect((await config.documents.import(tree(many))).releases).toHaveLength(100)
    expect(await config.documents.import(tree(many))).toEqual({ releases: [], unchanged: 100 })
  })

  it('says what had been released when the time is up in the middle', async () => {
    // Each transaction asks for the date twice, when it is about to be sent.
    let asked = 0
    let lateMs = 0
    const epochMs = (): number => {
      if (++asked === 3) lateMs = 3_600_000
      return systemClock.epochMs()
    }
    const clock = { ...systemClock, epochMs, monotonicMs: () => systemClock.monotonicMs() + lateMs }
    const many = tree(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`many/${n}.txt`, `n: ${n}`])))
    await using late = new ConfigCenter(etcd, { clock })
    const released = expect.objectContaining({ length: 42 })
    await expect(late.documents.import(many)).rejects.toMatchObject({ code: 'outcome-unknown', details: { released } })
    expect((await config.documents.import(many)).releases).toHaveLength(8)
  })

  it('changes nothing when one document is wrong', async () => {
    const documents = tree({ 'a.yaml': 'a: 1', 'b.yaml': 'b: [' })
    await expect(config.documents.import(documents)).rejects.toMatchObject({
      message: expect.stringContaining('b.yaml:1'),
    })
    await config.policies.set('order/', { approvals: 1 }, { evenIfUnknown: true })
    await expect(config.documents.import(tree({ 'a.yaml': '', 'order/a.yaml': '' }))).rejects.toMatchObject({
      code: 'failed-precondition',
    })
    expect(await etcd.kv.count({ prefix: '/config/' })).toBe(0n)
  })
})

it('10,000 documents go in and out, and one of them changes as fast as ever', async () => {
  await using server = await startStore()
  const etcd = new EtcdClient({ endpoints: server.url })
  try {
    // Two minutes pass while the first documents are released: so many may take their time.
    let asked = 0
    const monotonicMs = (): number => systemClock.monotonicMs() + (asked > 2 ? 120_000 : 0)
    const epochMs = (): number => {
      asked++
      return systemClock.epochMs()
    }
    const config = new ConfigCenter(etcd, { clock: { ...systemClock, monotonicMs, epochMs } })
    const documents = tree(Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`all/${n}.txt`, `n: ${n}`])))
    expect((await config.documents.import(documents)).releases).toHaveLength(10_000)
    expect((await config.documents.export('all/')).size).toBe(10_000)
    expect(await config.releases.publish('all/5000.txt', 'changed')).toMatchObject({ release: 2 })
  } finally {
    await etcd.close()
  }
})
