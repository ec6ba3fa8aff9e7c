import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../temporary-directory.test-support.ts'
import { LmdbStorage } from './lmdb-storage.ts'
import { inspectTree } from './tree-inspection.ts'

const pageBytes = 4096

/** From an empty message over several to a page up to many pages for one. */
const size = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 300 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1900, max: 4200 }) },
  { weight: 1, arbitrary: fc.integer({ min: 4200, max: 100_000 }) },
)
const change = fc.record({
  size,
  tombstone: fc.boolean(),
  sub: fc.integer({ min: 0, max: 2 }),
  isDeleted: fc.boolean(),
})

it('visits what LMDB itself finds in the file', async () => {
  const property = fc.asyncProperty(fc.array(change, { maxLength: 2_000, size: 'max' }), async (changes) => {
    const path = temporaryDirectory()
    const storage = new LmdbStorage({ path, directory: 'here' })
    for (const [index, { size, tombstone, sub }] of changes.entries()) {
      storage.putRevision({ main: index + 2, sub, tombstone, kv: Buffer.alloc(size, index) })
      storage.checkpoint({ appliedIndex: index + 1, revision: index + 2 })
    }
    await storage.flush()
    for (const [index, { sub, tombstone, isDeleted }] of changes.entries())
      if (isDeleted) storage.deleteRevision(index + 2, sub, tombstone)
    storage.checkpoint({ appliedIndex: changes.length + 1, revision: changes.length + 1 })
    await storage.flush()

    const expected: unknown[] = []
    storage.scan(0, changes.length + 2, ({ main, sub, tombstone, kv }) => {
      expected.push([main, sub, tombstone, Buffer.from(kv).toString('latin1')])
      return true
    })
    const found: unknown[] = []
    storage.load((main, sub, tombstone, bytes, start, end) => {
      found.push([main, sub, tombstone, bytes.toString('latin1', start, end)])
    })
    const inspection = inspectTree(path, { hasChecksums: true, revisions: 'all' })
    await storage.close()
    expect(found).toEqual(expected)
    expect(inspection).toMatchObject({ problems: [], damaged: [], isComplete: true })
  })
  await fc.assert(property, { numRuns: 12 })
})

it.each([
  ['zeros', 0],
  ['ones', 0xff],
])('says which file is damaged when a page of it is all %s', async (_, byte) => {
  const path = temporaryDirectory()
  const storage = new LmdbStorage({ path, directory: 'here' })
  for (let main = 2; main < 500; main++)
    storage.putRevision({ main, sub: 0, tombstone: false, kv: Buffer.from(`the value ${main}`) })
  storage.checkpoint({ appliedIndex: 1, revision: 500 })
  await storage.close()
  const file = join(path, 'data.mdb')
  const bytes = readFileSync(file)
  const start = bytes.indexOf('the value 250') & ~(pageBytes - 1)
  writeFileSync(file, bytes.fill(byte, start, start + pageBytes))
  const damaged = new LmdbStorage({ path, directory: 'here' })
  expect(() => damaged.load(() => {})).toThrow(
    expect.objectContaining({ code: 'data-dir-foreign', message: expect.stringContaining(file) }),
  )
  await damaged.close()
})
