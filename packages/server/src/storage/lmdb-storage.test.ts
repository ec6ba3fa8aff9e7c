import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryDirectory } from '../temporary-directory.test-support.ts'
import { LmdbStorage } from './lmdb-storage.ts'
import type { Storage } from './storage.ts'
import { storageContract } from './storage-contract.test-support.ts'

const paths = new WeakMap<Storage, string>()

function open(path: string): LmdbStorage {
  const storage = new LmdbStorage({ path, directory: path })
  paths.set(storage, path)
  return storage
}

storageContract('LmdbStorage', {
  open: () => open(temporaryDirectory()),
  reopen: (closed) => open(paths.get(closed) ?? ''),
})

describe('LmdbStorage', () => {
  it('shows changes before they are durable', async () => {
    const storage = open(temporaryDirectory())
    onTestFinished(() => storage.close())
    storage.putRevision({ main: 2, sub: 0, tombstone: false, kv: Buffer.alloc(10) })
    storage.checkpoint({ appliedIndex: 2, revision: 2 })
    expect(storage.get(2, 0)).toHaveLength(10)
    expect(storage.durableIndex).toBe(0)
    await storage.flush()
    expect(storage.durableIndex).toBe(2)
  })

  it('makes writers pause while too much waits, and tells them when it is done', async () => {
    const storage = open(temporaryDirectory())
    onTestFinished(() => storage.close())
    expect(storage.room()).toBeUndefined()
    for (let main = 2; main < 72; main++) {
      storage.putRevision({ main, sub: 0, tombstone: false, kv: Buffer.alloc(1024 * 1024, main) })
      storage.checkpoint({ appliedIndex: main, revision: main })
    }
    await expect(storage.room()).resolves.toBeUndefined()
    expect(storage.durableIndex).toBeGreaterThan(0)
    await storage.flush()
    expect(storage.room()).toBeUndefined()
    expect(storage.durableIndex).toBe(71)
  })

  it('takes what was written ahead of a checkpoint for not written, until it is written again', async () => {
    const path = temporaryDirectory()
    const put = (storage: LmdbStorage, main: number, count: number): void => {
      for (let sub = 0; sub < count; sub++)
        storage.putRevision({ main, sub, tombstone: false, kv: Buffer.alloc(9, sub) })
    }
    const loaded = (storage: LmdbStorage): string[] => {
      const found: string[] = []
      storage.load((main, sub) => found.push(`${main}.${sub}`))
      return found
    }
    const first = open(path)
    put(first, 2, 1)
    first.checkpoint({ appliedIndex: 1, revision: 2 })
    await first.flush()
    const { inUseBytes } = first.size
    put(first, 3, 10_000)
    await first.flush()
    expect(first.size.inUseBytes).toBeGreaterThan(inUseBytes)
    expect(first.durableIndex).toBe(1)
    expect(first.get(3, 7_000)).toHaveLength(9)
    await first.close()

    const second = open(path)
    expect(second.recovered).toMatchObject({ appliedIndex: 1, revision: 2 })
    expect(loaded(second)).toEqual(['2.0'])
    expect(second.get(3, 0)).toBeUndefined()
    put(second, 3, 2)
    second.checkpoint({ appliedIndex: 2, revision: 3 })
    await second.flush()
    await second.close()

    const third = open(path)
    onTestFinished(() => third.close())
    expect(loaded(third)).toEqual(['2.0', '3.0', '3.1'])
  })
})
