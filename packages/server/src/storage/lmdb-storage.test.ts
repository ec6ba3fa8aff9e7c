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
})
