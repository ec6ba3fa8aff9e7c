import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BoltReader } from './bolt-reader.ts'
import { type BoltItem, BoltWriter } from './bolt-writer.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-bolt-'))
})
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})

type Buckets = Record<string, [key: string, value: string][]>

async function writeFile(path: string, buckets: Record<string, Iterable<BoltItem>>): Promise<number> {
  const file = await open(path, 'w')
  try {
    const writer = new BoltWriter(file.fd)
    for (const [name, items] of Object.entries(buckets)) writer.bucket(name, items)
    return writer.finish()
  } finally {
    await file.close()
  }
}

async function readFile(path: string): Promise<Buckets> {
  const file = await open(path, 'r')
  try {
    const reader = await BoltReader.open(file)
    const buckets: Buckets = {}
    for (const name of reader.bucketNames) {
      const items: [string, string][] = []
      for await (const { key, value } of reader.items(name)) items.push([hex(key), hex(value)])
      buckets[name] = items
    }
    return buckets
  } finally {
    await file.close()
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function item(key: string, value: string): BoltItem {
  return { key: Buffer.from(key), value: Buffer.from(value) }
}

const bytes = (max: number) => fc.uint8Array({ minLength: 1, maxLength: max }).map((array) => Buffer.from(array))
const items = fc
  .uniqueArray(
    fc.record({
      key: bytes(300),
      value: fc.oneof(
        { weight: 9, arbitrary: bytes(200) },
        { weight: 1, arbitrary: fc.constant(Buffer.alloc(9000, 7)) },
      ),
    }),
    {
      maxLength: 120,
      selector: ({ key }) => hex(key),
    },
  )
  .map((list) => list.sort((a, b) => Buffer.compare(a.key, b.key)))

describe('a bolt file', () => {
  it('gives back what was written, whatever it was', async () => {
    const path = join(directory, 'any.db')
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom('key', 'meta', 'lease', 'auth'), items, { noNullPrototype: true }),
        async (buckets) => {
          await writeFile(path, buckets)
          const expected = Object.fromEntries(
            Object.entries(buckets).map(([name, list]) => [name, list.map(({ key, value }) => [hex(key), hex(value)])]),
          )
          expect(await readFile(path)).toEqual(expected)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('holds many levels of pages', async () => {
    const path = join(directory, 'deep.db')
    const list = Array.from({ length: 60_000 }, (_, index) =>
      item(`key/${String(index).padStart(8, '0')}`, `value ${index}`),
    )
    await writeFile(path, { key: list })
    const read = (await readFile(path)).key ?? []
    expect(read).toHaveLength(60_000)
    expect(read[59_999]).toEqual([hex(Buffer.from('key/00059999')), hex(Buffer.from('value 59999'))])
  })

  it('is refused when it is cut off, damaged or something else', async () => {
    const path = join(directory, 'damaged.db')
    await writeFile(path, { key: Array.from({ length: 500 }, (_, index) => item(`${1000 + index}`, 'x'.repeat(50))) })
    const sound = readFileSync(path)
    for (const broken of [Buffer.alloc(0), Buffer.from('not a database'), sound.subarray(0, 3 * 4096)]) {
      writeFileSync(path, broken)
      await expect(readFile(path)).rejects.toMatchObject({ name: 'BoltFormatError' })
    }
  })

  it('never does worse than BoltFormatError on a damaged file', async () => {
    const path = join(directory, 'flipped.db')
    await writeFile(path, { key: Array.from({ length: 300 }, (_, index) => item(`${1000 + index}`, 'x'.repeat(40))) })
    const sound = readFileSync(path)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }),
        async (flips) => {
          const copy = Buffer.from(sound)
          for (const [at, value] of flips) copy[at] = value
          writeFileSync(path, copy)
          await readFile(path).catch((error: unknown) => expect(error).toHaveProperty('name', 'BoltFormatError'))
        },
      ),
      { numRuns: 150 },
    )
  })

  it.skipIf(spawnSync('etcdctl', ['version']).error !== undefined)('is one that etcdctl reads', async () => {
    const path = join(directory, 'snapshot.db')
    const revisions = Array.from({ length: 1000 }, (_, index) => {
      const key = Buffer.alloc(17)
      key.writeBigUInt64BE(BigInt(index + 2), 0)
      key[8] = 0x5f
      return { key, value: Buffer.from([0x0a, 1, 0x61, 0x10, 2, 0x18, 2, 0x20, 1, 0x2a, 1, 0x62]) }
    })
    const empty: BoltItem[] = []
    await writeFile(path, { alarm: empty, auth: empty, key: revisions, lease: empty, members: empty, meta: empty })
    appendFileSync(path, createHash('sha256').update(readFileSync(path)).digest())
    const status = spawnSync('etcdctl', ['snapshot', 'status', path, '-w', 'json'], {
      encoding: 'utf8',
      env: { ...process.env, ETCDCTL_API: '3' },
    })
    expect(status.stderr).toBe('')
    expect(JSON.parse(status.stdout)).toMatchObject({ revision: 1001, totalKey: 1000 })
  })
})
