import { atOnce } from '@waypost/core'
import { describe, expect, it } from 'vitest'
import { putRequest, rangeRequest } from '../apply/requests.test-support.ts'
import { LmdbStorage } from '../storage/lmdb-storage.ts'
import { temporaryDirectory } from '../temporary-directory.test-support.ts'
import { Compaction } from './compaction.ts'
import { compactionMark } from './compaction-mark.ts'
import { singleSpan } from './key-span.ts'
import { MvccStore } from './store.ts'
import { WriteTxn } from './write-txn.ts'

const attachments = { attach: () => {}, detach: () => {}, detachLater: () => {}, releaseDetached: () => {} }
const keyCount = 2_500

function open(path: string): { storage: LmdbStorage; store: MvccStore } {
  const storage = new LmdbStorage({ path, directory: path })
  return { storage, store: new MvccStore(storage, attachments) }
}

function put(store: MvccStore, key: number): void {
  const txn = new WriteTxn(store)
  const request = putRequest(String(key).padStart(4, '0'))
  txn.put(request.key, request.value, 0n)
  txn.end()
}

/** Two versions of every key, the even keys deleted after that. */
function fill(store: MvccStore): void {
  for (let round = 0; round < 2; round++) for (let key = 0; key < keyCount; key++) put(store, key)
  for (let key = 0; key < keyCount; key += 2) {
    const txn = new WriteTxn(store)
    for (const entry of atOnce(txn.entries(singleSpan(String(key).padStart(4, '0'))))) txn.delete(entry)
    txn.end()
  }
}

function stored(storage: LmdbStorage): number {
  let count = 0
  storage.scan(0, Number.MAX_SAFE_INTEGER, () => {
    count += 1
    return true
  })
  return count
}

function liveKeys(store: MvccStore): number {
  return store.range(rangeRequest('\0', '\0')).kvs.length
}

describe('Compaction', () => {
  it('starts over after a crash in its middle, and brings no deleted key back', async () => {
    const path = temporaryDirectory()
    const first = open(path)
    fill(first.store)
    put(first.store, 1)
    const revision = first.store.revision - 1
    first.store.scheduleCompaction(revision)
    expect(new Compaction(first.store, revision).step()).toBe(false)
    first.storage.checkpoint({ appliedIndex: 1, revision: first.store.revision })
    await first.storage.close()

    const second = open(path)
    expect(second.store.compactRevision).toBe(revision)
    expect(compactionMark(second.storage, 'finished')).toBe(-1)
    expect(liveKeys(second.store)).toBe(keyCount / 2)
    const compaction = new Compaction(second.store, revision)
    while (!compaction.step());
    expect(compactionMark(second.storage, 'finished')).toBe(revision)
    second.storage.checkpoint({ appliedIndex: 2, revision: second.store.revision })
    await second.storage.flush()
    // One version of each live key, the later put, and the tombstone at exactly the compacted revision.
    expect(stored(second.storage)).toBe(keyCount / 2 + 1 + 1)
    expect(second.store.tree.size).toBe(keyCount / 2 + 1)
    await second.storage.close()

    const third = open(path)
    expect(liveKeys(third.store)).toBe(keyCount / 2)
    await third.storage.close()
  })

  it('misses nothing that is put or deleted between its steps', async () => {
    const { storage, store } = open(temporaryDirectory())
    fill(store)
    const revision = store.revision
    store.scheduleCompaction(revision)
    const compaction = new Compaction(store, revision)
    for (let key = 0; !compaction.step(); key += 500) for (const near of [key, key + 1, key + 900]) put(store, near)
    const before = liveKeys(store)
    for (const at of [revision, revision + 1, store.revision])
      expect(store.range(rangeRequest('\0', '\0', { revision: BigInt(at) })).count).toBeGreaterThanOrEqual(keyCount / 2)
    storage.checkpoint({ appliedIndex: 1, revision: store.revision })
    await storage.flush()
    expect(liveKeys(store)).toBe(before)
    await storage.close()
  })
})
