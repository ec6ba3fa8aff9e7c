import type { BoltItem } from '../bolt/bolt-writer.ts'
import {
  authEnabledKey,
  authRevisionKey,
  bucketNames,
  consistentIndexKey,
  finishedCompactKey,
  scheduledCompactKey,
  uint64,
} from '../bolt/etcd-layout.ts'
import { encodeLeaseMessage } from '../bolt/lease-message.ts'
import { type CompactionMark, compactionMark } from '../mvcc/compaction-mark.ts'
import { etcdRevisionKey } from '../mvcc/etcd-revision-key.ts'
import { revisionSlices } from '../mvcc/revision-slices.ts'
import type { MvccStore } from '../mvcc/store.ts'
import type { Storage } from '../storage/storage.ts'
import { alarmEntryPrefix } from './alarms.ts'
import { authEntryPrefix } from './applier.ts'

export interface EtcdBucket {
  readonly name: string
  /** In ascending order of the keys. */
  readonly items: readonly BoltItem[] | AsyncIterable<BoltItem>
}

const noBytes = Buffer.alloc(0)

/**
 * The store as it is now, as etcd 3.4 would keep it in its database file: the buckets in the order of their names.
 * The keys are read as they are asked for, and writes may go on meanwhile; a compaction must not.
 * Who the members are is left out: a store that is made of this is a new cluster.
 */
export function etcdBuckets(store: MvccStore, appliedIndex: number, check: () => void): EtcdBucket[] {
  const { storage, revision } = store
  return [
    { name: bucketNames.alarm, items: values(storage, alarmEntryPrefix).map((key) => ({ key, value: noBytes })) },
    { name: bucketNames.auth, items: authSettings(storage) },
    { name: bucketNames.authRoles, items: authEntries(storage, 'role/') },
    { name: bucketNames.authUsers, items: authEntries(storage, 'user/') },
    { name: bucketNames.cluster, items: [] },
    { name: bucketNames.key, items: keys(storage, revision, check) },
    { name: bucketNames.lease, items: leases(storage) },
    { name: bucketNames.members, items: [] },
    { name: bucketNames.membersRemoved, items: [] },
    {
      name: bucketNames.meta,
      items: sorted([
        { key: Buffer.from(consistentIndexKey), value: uint64(appliedIndex) },
        ...compaction(storage, 'finished', finishedCompactKey),
        ...compaction(storage, 'scheduled', scheduledCompactKey),
      ]),
    },
  ]
}

async function* keys(storage: Storage, revision: number, check: () => void): AsyncGenerator<BoltItem> {
  for await (const records of revisionSlices(storage, 1, revision, check))
    for (const { main, sub, tombstone, kv } of records) yield { key: etcdRevisionKey(main, sub, tombstone), value: kv }
}

function leases(storage: Storage): BoltItem[] {
  return sorted(
    storage.leases().map(({ id, ttlSeconds }) => ({
      key: uint64(id),
      value: encodeLeaseMessage({ id, ttlSeconds: BigInt(ttlSeconds) }),
    })),
  )
}

/** A byte and a 64-bit number, which etcd keeps apart. */
function authSettings(storage: Storage): BoltItem[] {
  const settings = storage.entry(`${authEntryPrefix}settings`)
  if (settings === undefined) return []
  return [
    { key: Buffer.from(authEnabledKey), value: Buffer.from(settings.subarray(0, 1)) },
    { key: Buffer.from(authRevisionKey), value: Buffer.from(settings.subarray(1, 9)) },
  ]
}

function authEntries(storage: Storage, kind: string): BoltItem[] {
  const prefix = authEntryPrefix + kind
  return sorted(
    storage.entries(prefix).map(([name, value]) => ({ key: Buffer.from(name.slice(prefix.length)), value })),
  )
}

function compaction(storage: Storage, mark: CompactionMark, key: string): BoltItem[] {
  const revision = compactionMark(storage, mark)
  return revision < 0 ? [] : [{ key: Buffer.from(key), value: etcdRevisionKey(revision, 0, false) }]
}

function values(storage: Storage, prefix: string): Uint8Array[] {
  return storage
    .entries(prefix)
    .map(([, value]) => value)
    .sort(Buffer.compare)
}

function sorted(items: BoltItem[]): BoltItem[] {
  return items.sort((a, b) => Buffer.compare(a.key, b.key))
}
