import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryDirectory } from '../temporary-directory.test-support.ts'
import { LmdbStorage } from './lmdb-storage.ts'
import type { RevisionRecord } from './storage.ts'

function open(path: string): LmdbStorage {
  const storage = new LmdbStorage({ path, directory: path })
  onTestFinished(() => storage.close())
  return storage
}

function record(main: number, sub = 0, size = 10, tombstone = false): RevisionRecord {
  return { main, sub, tombstone, kv: Buffer.alloc(size, main) }
}

/** What a scan finds, in short. */
function scanned(storage: LmdbStorage, from = 0, to = 100): string[] {
  const found: string[] = []
  storage.scan(from, to, ({ main, sub, tombstone, kv }) => {
    found.push(`${main}.${sub}${tombstone ? 't' : ''}:${kv.length}`)
    return true
  })
  return found
}

describe('LmdbStorage', () => {
  it('shows changes at once, committed or not, and the same after a commit', async () => {
    const storage = open(temporaryDirectory())
    storage.putRevision(record(2))
    storage.putRevision(record(3, 0))
    storage.putRevision(record(3, 1, 5_000))
    storage.putRevision(record(3, 2, 4, true))
    storage.checkpoint({ appliedIndex: 2, revision: 3 })
    const expected = ['2.0:10', '3.0:10', '3.1:5000', '3.2t:4']
    expect(scanned(storage)).toEqual(expected)
    expect(storage.get(3, 1)).toHaveLength(5_000)
    expect(storage.durableIndex).toBe(0)
    await storage.flush()
    expect(storage.durableIndex).toBe(2)
    expect(scanned(storage)).toEqual(expected)
    expect(storage.get(3, 1)).toHaveLength(5_000)
    expect(storage.get(3, 2)).toBeUndefined()
    storage.putRevision(record(4))
    storage.checkpoint({ appliedIndex: 3, revision: 4 })
    expect(scanned(storage, 3)).toEqual([...expected.slice(1), '4.0:10'])
    expect(scanned(storage, 4)).toEqual(['4.0:10'])
    expect(scanned(storage, 2, 2)).toEqual(['2.0:10'])
  })

  it('gives copies that later reads leave alone', async () => {
    const storage = open(temporaryDirectory())
    for (let main = 2; main < 12; main++) storage.putRevision(record(main, 0, main * 1_000))
    storage.checkpoint({ appliedIndex: 1, revision: 11 })
    await storage.flush()
    const kept: Uint8Array[] = []
    storage.scan(0, 20, ({ kv }) => kept.push(kv) > 0)
    kept.push(...[9, 3, 11, 2].map((main) => storage.get(main, 0) ?? Buffer.alloc(0)))
    for (const kv of kept) expect(kv.every((byte) => byte === kv.length / 1_000)).toBe(true)
  })

  it('deletes what is committed and what is not', async () => {
    const storage = open(temporaryDirectory())
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
  })

  it('has after a restart exactly what the last flushed checkpoint had', async () => {
    const path = temporaryDirectory()
    const first = open(path)
    expect(first.recovered).toBeUndefined()
    first.putRevision(record(2))
    first.putLease({ id: -5n, ttlSeconds: 9_000_000_000 })
    first.putLease({ id: 6n, ttlSeconds: 2 })
    first.deleteLease(6n)
    first.putEntry('auth/user/a', Buffer.from('x'))
    first.putEntry('auth/user/b', Buffer.from('y'))
    first.putEntry('auth/user/a', undefined)
    first.checkpoint({ appliedIndex: 7, revision: 2 })
    await first.flush()
    first.putRevision(record(3))
    await first.close()
    const second = open(path)
    expect(second.recovered).toEqual({ appliedIndex: 7, revision: 2 })
    expect(scanned(second)).toEqual(['2.0:10'])
    expect(second.leases()).toEqual([{ id: -5n, ttlSeconds: 9_000_000_000 }])
    expect(second.entries('auth/')).toEqual([['auth/user/b', Buffer.from('y')]])
    const loaded: string[] = []
    second.load((main, sub, tombstone, _bytes, start, end) => loaded.push(`${main}.${sub}.${tombstone}.${end - start}`))
    expect(loaded).toEqual(['2.0.false.10'])
  })

  it('remembers commands that changed nothing', async () => {
    const path = temporaryDirectory()
    const first = open(path)
    first.checkpoint({ appliedIndex: 1, revision: 1 })
    await first.flush()
    first.checkpoint({ appliedIndex: 2, revision: 1 })
    await first.close()
    expect(open(path).recovered).toEqual({ appliedIndex: 2, revision: 1 })
  })

  it('makes writers pause while too much waits, and tells them when it is done', async () => {
    const storage = open(temporaryDirectory())
    expect(storage.room()).toBeUndefined()
    for (let main = 2; main < 72; main++) {
      storage.putRevision(record(main, 0, 1024 * 1024))
      storage.checkpoint({ appliedIndex: main, revision: main })
    }
    await expect(storage.room()).resolves.toBeUndefined()
    expect(storage.durableIndex).toBeGreaterThan(0)
    await storage.flush()
    expect(storage.room()).toBeUndefined()
    expect(storage.durableIndex).toBe(71)
  })
})
