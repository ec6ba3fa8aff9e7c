import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { atOnce } from '@waypost/core'
import { open } from 'lmdb'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Engine } from '../src/apply/engine.ts'
import {
  deleteRequest,
  grantRequest,
  op,
  putRequest,
  rangeRequest,
  readable,
  txnRequest,
} from '../src/apply/requests.test-support.ts'
import { segmentName } from '../src/storage/log-format.ts'
import { directoryBackend } from '../src/storage/open-backend.ts'
import { inspectTree } from '../src/storage/tree-inspection.ts'
import { temporaryDirectory } from '../src/temporary-directory.test-support.ts'

/** As in `LmdbStorageOptions`. */
let verifyInThreadFromBytes: number | undefined

async function start(dataDir: string, warnings: string[] = []): Promise<Engine> {
  const onWarning = (message: string): number => warnings.push(message)
  const engine = await Engine.open({ backend: directoryBackend(dataDir, { verifyInThreadFromBytes }), onWarning })
  onTestFinished(() => engine.close())
  return engine
}

const valueAt = (engine: Engine, key: string): string | undefined =>
  engine.range(rangeRequest(key)).kvs.map((kv) => readable(kv).value)[0]

/** What a crash leaves of a store in which these were put: from one moment to the next. */
async function crashed(puts: readonly (readonly [key: string, value: string])[]): Promise<string> {
  const dataDir = join(temporaryDirectory(), 'data')
  const engine = await start(dataDir)
  for (const [key, value] of puts) await engine.propose('put', putRequest(key, value))
  const copy = join(temporaryDirectory(), 'data')
  cpSync(dataDir, copy, { recursive: true })
  return copy
}

/** A store, ended cleanly, whose log does not go back to its first command. */
async function old(puts: readonly (readonly [key: string, value: string])[]): Promise<string> {
  const dataDir = join(temporaryDirectory(), 'data')
  const engine = await start(dataDir)
  for (const [key, value] of puts) await engine.propose('put', putRequest(key, value))
  for (let n = 0; existsSync(join(dataDir, 'log', segmentName(1))); n++)
    await engine.propose('put', putRequest('filler', String(n % 10).repeat(900_000)))
  await engine.close()
  return dataDir
}

function flip(file: string, text: string): void {
  const bytes = readFileSync(file)
  let found = 0
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
    bytes[at] = (bytes[at] ?? 0) ^ 1
    found += 1
  }
  expect(found).toBeGreaterThan(0)
  writeFileSync(file, bytes)
}

/** All files with their content, but LMDB's table of readers. */
function contentOf(directory: string): Map<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !path.endsWith('lock.mdb'))
  return new Map(paths.map((path) => [path, readFileSync(path, 'latin1')]))
}

describe('a log of which something is gone', () => {
  const puts = Array.from({ length: 99 }, (_, n) => [`key ${n}`, `value ${n}`] as const)

  it.each([
    ['its newest segment', ['log/0000000000000002.log'], 'log file 0000000000000002.log is missing'],
    ['the segment that is written', ['log/0000000000000001.log'], 'log file 0000000000000001.log is missing'],
    ['all segments', ['log/0000000000000001.log', 'log/0000000000000002.log'], 'is missing'],
    ['the manifest', ['log/MANIFEST'], 'MANIFEST is missing'],
    ['all of it', ['log'], 'log is not there'],
    ['all of it, and the tree', ['log', 'tree'], 'is missing, or empty'],
  ])('is noticed after a crash, and nothing is changed: %s', async (_, names, message) => {
    const dataDir = await crashed(puts)
    for (const name of names) rmSync(join(dataDir, name), { recursive: true })
    const before = contentOf(dataDir)
    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'data-loss',
      message: expect.stringContaining(message),
    })
    expect(contentOf(dataDir)).toEqual(before)
  })

  it('is noticed when its end is zeroed, which looks like a write that was cut short', async () => {
    const dataDir = await crashed(puts)
    const file = join(dataDir, 'log', segmentName(1))
    const bytes = readFileSync(file)
    const start98 = bytes.indexOf('value 98')
    writeFileSync(file, bytes.fill(0, start98 - 100, start98 + 100))
    await expect(start(dataDir)).rejects.toMatchObject({ code: expect.stringMatching(/^data-(loss|dir-foreign)$/) })
  })

  it('is whole without its mark, which a loss of power may take', async () => {
    const dataDir = await crashed(puts)
    rmSync(join(dataDir, 'HEAD'))
    expect(valueAt(await start(dataDir), 'key 98')).toBe('value 98')
  })

  it('makes up for a tree that is gone, when it goes back to the first command', async () => {
    const dataDir = await crashed(puts)
    rmSync(join(dataDir, 'tree'), { recursive: true })
    const warnings: string[] = []
    const engine = await start(dataDir, warnings)
    expect(engine.revision).toBe(100)
    expect(valueAt(engine, 'key 98')).toBe('value 98')
    expect(warnings).toEqual([expect.stringContaining('built again')])
  })
})

describe.each([
  ['verified while it is loaded', Number.POSITIVE_INFINITY],
  ['verified in a thread', 0],
])('a flipped bit in the tree, %s', (_how, fromBytes) => {
  beforeAll(() => {
    verifyInThreadFromBytes = fromBytes
  })
  afterAll(() => {
    verifyInThreadFromBytes = undefined
  })

  it('is repaired from the log, when it goes back to the first command', async () => {
    const dataDir = join(temporaryDirectory(), 'data')
    const engine = await start(dataDir)
    await engine.propose('leaseGrant', grantRequest(7n, 1_000n))
    await engine.propose('put', putRequest('key', 'a value to be damaged', { lease: 7n }))
    await engine.propose('put', putRequest('other', 'another'))
    const { clusterId, memberId } = engine
    await engine.close()
    flip(join(dataDir, 'tree', 'data.mdb'), 'to be damaged')
    const warnings: string[] = []
    const again = await start(dataDir, warnings)
    expect(valueAt(again, 'key')).toBe('a value to be damaged')
    expect(valueAt(again, 'other')).toBe('another')
    expect(again.leases.keysOf(7n)).toEqual(['key'])
    expect([again.clusterId, again.memberId]).toEqual([clusterId, memberId])
    expect(warnings).toEqual([
      expect.stringMatching(/value of .key. in revision 2\.0 is not what was written.*built again/),
    ])
    await again.close()
    expect(readdirSync(dataDir).filter((name) => name.includes('tree'))).toEqual(['damaged-tree', 'tree-1'])
    const quiet: string[] = []
    expect(valueAt(await start(dataDir, quiet), 'key')).toBe('a value to be damaged')
    expect(quiet).toEqual([])
  })

  it('in a value makes what needs the value fail with data-loss, and nothing else', async () => {
    const dataDir = await old([
      ['a', 'sound'],
      ['b', 'damaged here'],
      ['c', 'sound too'],
    ])
    flip(join(dataDir, 'tree', 'data.mdb'), 'damaged here')
    const warnings: string[] = []
    const engine = await start(dataDir, warnings)
    expect(warnings).toEqual([expect.stringContaining('in revision 3.0 is not what')])
    const corrupt = expect.objectContaining({ reason: 'corrupt' })
    expect(() => engine.range(rangeRequest('b'))).toThrow(corrupt)
    expect(() => engine.range(rangeRequest('a', 'z'))).toThrow(corrupt)
    expect(() => atOnce(engine.history({ from: 2, to: 4, maxRevisions: 10 }))).toThrow(corrupt)
    await expect(engine.hashKv(0)).rejects.toEqual(corrupt)
    expect(engine.range(rangeRequest('a', 'd', { countOnly: true })).count).toBe(3)
    expect(valueAt(engine, 'a')).toBe('sound')
    expect(valueAt(engine, 'c')).toBe('sound too')

    const { revision } = engine
    const changing = [op.put('a', 'changed'), op.range('b')]
    await expect(engine.propose('txn', txnRequest({ success: changing }))).rejects.toEqual(corrupt)
    await expect(engine.propose('deleteRange', deleteRequest('a', 'z', true))).rejects.toEqual(corrupt)
    expect(engine.revision).toBe(revision)
    expect(valueAt(engine, 'a')).toBe('sound')

    await engine.propose('put', putRequest('b', 'mended'))
    await engine.propose('txn', txnRequest({ success: changing }))
    expect(valueAt(engine, 'b')).toBe('mended')
    expect(engine.range(rangeRequest('a', 'd')).count).toBe(3)
    await engine.propose('compact', { revision: BigInt(engine.revision), physical: true })
    await engine.close()
    const quiet: string[] = []
    const mended = await start(dataDir, quiet)
    expect(quiet).toEqual([])
    expect(valueAt(mended, 'b')).toBe('mended')
  })

  it('in a key is refused, because nobody knows what it was, and nothing is changed', async () => {
    const dataDir = await old([['the key', 'value']])
    flip(join(dataDir, 'tree', 'data.mdb'), 'the key')
    const before = contentOf(dataDir)
    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'data-loss',
      message: expect.stringMatching(/record of revision 2\.0.*does not go back far enough/),
    })
    expect(contentOf(dataDir)).toEqual(before)
  })

  it('in what LMDB keeps for itself costs nothing: the records are copied', async () => {
    const dataDir = await old([['a', 'sound']])
    const file = join(dataDir, 'tree', 'data.mdb')
    const bytes = readFileSync(file)
    // The number of the transaction that wrote the page: a page from the future is one that LMDB would write to.
    for (let at = bytes.indexOf('sound'); at >= 0; at = bytes.indexOf('sound', at + 1))
      bytes.writeUInt32LE(0xffff_ffff, (at & ~4095) + 8)
    writeFileSync(file, bytes)
    const warnings: string[] = []
    const engine = await start(dataDir, warnings)
    expect(valueAt(engine, 'a')).toBe('sound')
    expect(warnings).toEqual([expect.stringContaining('All of the data is intact')])
  })
})

describe('a data directory of format 1', () => {
  /** Makes one of the present format what the versions before wrote. */
  async function downgrade(dataDir: string): Promise<void> {
    const { checkpoint } = inspectTree(join(dataDir, 'tree'), { hasChecksums: true, revisions: 'all' })
    const root = open<Buffer, Buffer>({
      path: join(dataDir, 'tree'),
      keyEncoding: 'binary',
      encoding: 'binary',
      overlappingSync: false,
    })
    for (const [name, bytes] of [
      ['revisions', 8],
      ['leases', 4],
      ['entries', 4],
    ] as const) {
      const tree = root.openDB<Buffer, Buffer>({ name, keyEncoding: 'binary', encoding: 'binary' })
      const items = [...tree.getRange()].map(({ key, value }) => ({ key: Buffer.from(key), value: Buffer.from(value) }))
      tree.transactionSync(() => {
        for (const { key, value } of items)
          tree.put(
            key,
            key.toString() === 'checkpoint'
              ? Buffer.from(`${checkpoint?.appliedIndex} ${checkpoint?.revision}`)
              : value.subarray(0, value.length - bytes),
          )
      })
    }
    await root.close()
    rmSync(join(dataDir, 'log', 'MANIFEST'))
    rmSync(join(dataDir, 'HEAD'))
    writeFileSync(join(dataDir, 'FORMAT'), '{"format":1}\n')
  }

  async function formatOne(): Promise<string> {
    const dataDir = join(temporaryDirectory(), 'data')
    const engine = await start(dataDir)
    await engine.propose('leaseGrant', grantRequest(7n, 1_000n))
    for (let n = 0; n < 500; n++)
      await engine.propose(
        'put',
        putRequest(`key ${n}`, 'x'.repeat((n * 37) % 6_000), { lease: n % 5 === 0 ? 7n : 0n }),
      )
    await engine.propose('deleteRange', deleteRequest('key 1', 'key 2'))
    await engine.close()
    await downgrade(dataDir)
    return dataDir
  }

  function shown(engine: Engine): unknown {
    return [
      engine.revision,
      engine.clusterId,
      engine.range(rangeRequest('\0', '\0')).kvs.map(readable),
      engine.leases.keysOf(7n),
    ]
  }

  it('is converted when it is opened, and holds what it held', async () => {
    const dataDir = await formatOne()
    const engine = await start(dataDir)
    expect(engine.revision).toBe(502)
    expect(engine.range(rangeRequest('\0', '\0', { countOnly: true })).count).toBe(389)
    expect(valueAt(engine, 'key 300')).toBe('x'.repeat((300 * 37) % 6_000))
    const before = shown(engine)
    await engine.propose('put', putRequest('new', 'value'))
    await engine.propose('deleteRange', deleteRequest('new'))
    await engine.close()
    expect(JSON.parse(readFileSync(join(dataDir, 'FORMAT'), 'utf8'))).toMatchObject({ format: 2, tree: 'tree-1' })
    expect(inspectTree(join(dataDir, 'tree-1'), { hasChecksums: true, revisions: 'all' })).toMatchObject({
      problems: [],
      damaged: [],
      isComplete: true,
    })
    const again = await start(dataDir)
    expect(shown(again)).toEqual([504, ...(before as unknown[]).slice(1)])
  })

  it('is converted after a conversion that was interrupted', async () => {
    const dataDir = await formatOne()
    cpSync(join(dataDir, 'tree'), join(dataDir, 'tree-1'), { recursive: true })
    writeFileSync(join(dataDir, 'log', 'MANIFEST'), 'half a manif')
    const engine = await start(dataDir)
    expect(engine.range(rangeRequest('\0', '\0', { countOnly: true })).count).toBe(389)
  })

  it('is refused when its tree is damaged where that shows, and nothing is changed', async () => {
    const dataDir = await formatOne()
    const file = join(dataDir, 'tree', 'data.mdb')
    const bytes = readFileSync(file)
    const page = bytes.lastIndexOf('key 400') & ~4095
    writeFileSync(file, bytes.fill(0, page, page + 4096))
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'data-dir-foreign' })
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })
})
