import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RevisionRecord, Storage } from './storage.ts'

/** What the suite needs to know of a storage. */
export interface StorageUnderTest {
  /** Opens a storage that holds nothing. */
  open(): Storage
  /** Opens again what a storage that was closed has left; undefined: it leaves nothing. */
  reopen: ((closed: Storage) => Storage) | undefined
}

/** What every `Storage` must do. Each implementation's test is one call of this. */
export function storageContract(name: string, { open: openNew, reopen }: StorageUnderTest): void {
  const open = (): Storage => closing(openNew())

  describe(`${name}, as a storage`, () => {
    it('holds nothing at first', () => {
      const storage = open()
      expect(storage.recovered).toBeUndefined()
      expect(storage.durableIndex).toBe(0)
      expect(scanned(storage)).toEqual([])
      expect(storage.leases()).toEqual([])
      expect(storage.entries('')).toEqual([])
    })

    it('shows changes at once, durable or not, and the same afterwards', async () => {
      const storage = open()
      storage.putRevision(record(2))
      storage.putRevision(record(3, 0))
      storage.putRevision(record(3, 1, 5_000))
      storage.putRevision(record(3, 2, 4, true))
      storage.checkpoint({ appliedIndex: 2, revision: 3 })
      const expected = ['2.0:10', '3.0:10', '3.1:5000', '3.2t:4']
      for (let round = 0; round < 2; round++) {
        expect(scanned(storage)).toEqual(expected)
        expect(Buffer.alloc(5_000, 3).equals(storage.get(3, 1) ?? noBytes)).toBe(true)
        expect(storage.get(3, 2)).toBeUndefined()
        expect(storage.get(3, 3)).toBeUndefined()
        await storage.flush()
      }
      storage.putRevision(record(4))
      storage.checkpoint({ appliedIndex: 3, revision: 4 })
      expect(scanned(storage, 3)).toEqual([...expected.slice(1), '4.0:10'])
      expect(scanned(storage, 4)).toEqual(['4.0:10'])
      expect(scanned(storage, 2, 2)).toEqual(['2.0:10'])
    })

    it('stops a scan when it is told to', () => {
      const storage = open()
      for (let main = 2; main <= 5; main++) storage.putRevision(record(main))
      storage.checkpoint({ appliedIndex: 1, revision: 5 })
      const seen: number[] = []
      storage.scan(0, 100, ({ main }) => {
        seen.push(main)
        return main < 3
      })
      expect(seen).toEqual([2, 3])
    })

    it('begins a scan inside a revision, whether it is durable or not', async () => {
      const storage = open()
      for (let sub = 0; sub < 3; sub++) storage.putRevision(record(2, sub, 4, sub === 1))
      storage.putRevision(record(3))
      storage.checkpoint({ appliedIndex: 1, revision: 3 })
      for (let round = 0; round < 2; round++) {
        const seen: string[] = []
        storage.scan(2, 3, ({ main, sub }) => seen.push(`${main}.${sub}`) > 0, 1)
        expect(seen).toEqual(['2.1', '2.2', '3.0'])
        await storage.flush()
      }
    })

    it('returns values that later reads leave alone', async () => {
      const storage = open()
      for (let main = 2; main < 12; main++) storage.putRevision(record(main, 0, main * 1_000))
      storage.checkpoint({ appliedIndex: 1, revision: 11 })
      await storage.flush()
      const kept: Uint8Array[] = []
      storage.scan(0, 20, ({ kv }) => kept.push(kv) > 0)
      kept.push(...[9, 3, 11, 2].map((main) => storage.get(main, 0) ?? Buffer.alloc(0)))
      for (const kv of kept) expect(kv.every((byte) => byte === kv.length / 1_000)).toBe(true)
    })

    it('deletes what is durable and what is not', async () => {
      const storage = open()
      for (let main = 2; main <= 4; main++) storage.putRevision(record(main))
      storage.putRevision(record(4, 1, 3, true))
      storage.checkpoint({ appliedIndex: 1, revision: 4 })
      await storage.flush()
      storage.putRevision(record(5))
      storage.deleteRevision(2, 0, false)
      storage.deleteRevision(4, 1, true)
      storage.deleteRevision(5, 0, false)
      storage.checkpoint({ appliedIndex: 2, revision: 5 })
      await storage.flush()
      expect(scanned(storage)).toEqual(['3.0:10', '4.0:10'])
      expect(storage.get(2, 0)).toBeUndefined()
    })

    it('keeps leases and entries, the entries in the order of their names', () => {
      const storage = open()
      storage.putLease({ id: -5n, ttlSeconds: 9_000_000_000 })
      storage.putLease({ id: 6n, ttlSeconds: 2 })
      storage.putLease({ id: -5n, ttlSeconds: 3 })
      storage.deleteLease(6n)
      for (const name of ['b/2', 'a/2', 'a/1', 'a/3']) storage.putEntry(name, Buffer.from(name))
      storage.putEntry('a/3', undefined)
      storage.checkpoint({ appliedIndex: 1, revision: 1 })
      expect(storage.leases()).toEqual([{ id: -5n, ttlSeconds: 3 }])
      expect(storage.entries('a/')).toEqual([
        ['a/1', Buffer.from('a/1')],
        ['a/2', Buffer.from('a/2')],
      ])
      expect(storage.entry('b/2')).toEqual(Buffer.from('b/2'))
      expect(storage.entry('a/3')).toBeUndefined()
    })

    it('tells when a checkpoint is durable', async () => {
      const storage = open()
      const told: number[] = []
      storage.onDurable(() => told.push(storage.durableIndex))
      storage.putRevision(record(2))
      storage.checkpoint({ appliedIndex: 7, revision: 2 })
      await storage.flush()
      expect(storage.durableIndex).toBe(7)
      expect(told.at(-1)).toBe(7)
    })

    it('says how much it holds', async () => {
      const storage = open()
      const before = storage.usedBytes
      storage.putRevision(record(2, 0, 100_000))
      storage.checkpoint({ appliedIndex: 1, revision: 2 })
      expect(storage.usedBytes).toBeGreaterThanOrEqual(before + 100_000)
      await storage.flush()
      expect(storage.usedBytes).toBeGreaterThanOrEqual(before + 100_000)
      expect(storage.size.bytes).toBeGreaterThanOrEqual(storage.size.inUseBytes)
    })

    it('closes twice', async () => {
      const storage = open()
      storage.putRevision(record(2))
      storage.checkpoint({ appliedIndex: 1, revision: 2 })
      await storage.close()
      await storage.close()
    })

    it('behaves as a sorted map does, whatever is done to it', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          let storage = openNew()
          try {
            const model = new Map<string, { readonly at: readonly [number, number]; readonly kv: Buffer }>()
            let main = 1
            for (const { kind, sizes, pick } of steps) {
              if (kind === 'put') {
                main += 1
                sizes.forEach((size, sub) => {
                  storage.putRevision(record(main, sub, size))
                  model.set(`${main}.${sub}`, { at: [main, sub], kv: Buffer.alloc(size, main) })
                })
              } else if (kind === 'delete') {
                const found = [...model].at(pick % Math.max(1, model.size))
                if (found !== undefined) {
                  model.delete(found[0])
                  storage.deleteRevision(...found[1].at, false)
                }
              }
              storage.checkpoint({ appliedIndex: main, revision: main })
              // A scan may still show a deletion that is not durable.
              if (kind !== 'put') await storage.flush()
              if (kind === 'reopen' && reopen !== undefined) {
                await storage.close()
                storage = reopen(storage)
                expect(storage.recovered).toEqual({ appliedIndex: main, revision: main })
              }
              expect(scanned(storage)).toEqual([...model].map(([name, { kv }]) => `${name}:${kv.length}`))
              for (const { at, kv } of model.values()) expect(kv.equals(storage.get(...at) ?? noBytes)).toBe(true)
            }
          } finally {
            await storage.close()
          }
        }),
        { numRuns: 15 },
      )
    })

    it.runIf(reopen !== undefined)('has after a restart exactly what the last checkpoint had', async () => {
      const first = open()
      first.putRevision(record(2))
      first.putLease({ id: -5n, ttlSeconds: 9_000_000_000 })
      first.putEntry('auth/user/a', Buffer.from('x'))
      first.putEntry('auth/user/b', Buffer.from('y'))
      first.putEntry('auth/user/a', undefined)
      first.checkpoint({ appliedIndex: 7, revision: 2 })
      await first.flush()
      first.putRevision(record(3))
      await first.close()
      const second = reopened(first)
      expect(second.recovered).toEqual({ appliedIndex: 7, revision: 2 })
      expect(scanned(second)).toEqual(['2.0:10'])
      expect(second.leases()).toEqual([{ id: -5n, ttlSeconds: 9_000_000_000 }])
      expect(second.entries('auth/')).toEqual([['auth/user/b', Buffer.from('y')]])
      const loaded: string[] = []
      second.load((main, sub, tombstone, _bytes, start, end) =>
        loaded.push(`${main}.${sub}.${tombstone}.${end - start}`),
      )
      expect(loaded).toEqual(['2.0.false.10'])
    })

    it.runIf(reopen !== undefined)('remembers commands that changed nothing', async () => {
      const first = open()
      first.checkpoint({ appliedIndex: 1, revision: 1 })
      await first.flush()
      first.checkpoint({ appliedIndex: 2, revision: 1 })
      await first.close()
      expect(reopened(first).recovered).toEqual({ appliedIndex: 2, revision: 1 })
    })

    function reopened(closed: Storage): Storage {
      if (reopen === undefined) throw new Error('It leaves nothing to be opened again.')
      return closing(reopen(closed))
    }
  })
}

const noBytes = Buffer.alloc(0)

const step = fc.record({
  kind: fc.constantFrom('put', 'put', 'put', 'delete', 'flush', 'reopen'),
  sizes: fc.array(fc.integer({ min: 1, max: 6_000 }), { minLength: 1, maxLength: 3 }),
  pick: fc.nat(),
})

function closing(storage: Storage): Storage {
  onTestFinished(() => storage.close())
  return storage
}

function record(main: number, sub = 0, size = 10, tombstone = false): RevisionRecord {
  return { main, sub, tombstone, kv: Buffer.alloc(size, main) }
}

/** What a scan finds, in short. */
function scanned(storage: Storage, from = 0, to = 100): string[] {
  const found: string[] = []
  storage.scan(from, to, ({ main, sub, tombstone, kv }) => {
    found.push(`${main}.${sub}${tombstone ? 't' : ''}:${kv.length}`)
    return true
  })
  return found
}
