import type { BoltItem } from '../bolt/bolt-writer.ts'
import {
  authEnabledKey,
  authRevisionKey,
  bucketNames,
  consistentIndexKey,
  finishedCompactKey,
  scheduledCompactKey,
  storageVersionKey,
  uint64,
} from '../bolt/etcd-layout.ts'
import { encodeLeaseMessage } from '../bolt/lease-message.ts'
import { etcdVersion } from '../etcd-version.ts'
import { type CompactionMark, compactionMark } from '../mvcc/compaction-mark.ts'
import { etcdRevisionKey } from '../mvcc/etcd-revision-key.ts'
import type { Storage } from '../storage/storage.ts'
import { alarmEntryPrefix, authEntryPrefix } from './entry-prefixes.ts'

export interface EtcdBucket {
  readonly name: string
  /** In ascending order of the keys; undefined for the bucket of the keys, which are read elsewhere. */
  readonly items: readonly BoltItem[] | undefined
}

/** What is stored besides keys. */
export type SmallRecords = Pick<Storage, 'entry' | 'entries' | 'leases'>

const noBytes = Buffer.alloc(0)

/**
 * The store as etcd would keep it in its database file: the buckets in the order of their names.
 * Who the members are is left out: a store that is made of this is a new cluster.
 */
export function etcdBuckets(storage: SmallRecords, appliedIndex: number): EtcdBucket[] {
  return [
    { name: bucketNames.alarm, items: values(storage, alarmEntryPrefix).map((key) => ({ key, value: noBytes })) },
    { name: bucketNames.auth, items: authSettings(storage) },
    { name: bucketNames.authRoles, items: authEntries(storage, 'role/') },
    { name: bucketNames.authUsers, items: authEntries(storage, 'user/') },
    { name: bucketNames.cluster, items: [] },
    { name: bucketNames.key, items: undefined },
    { name: bucketNames.lease, items: leases(storage) },
    { name: bucketNames.members, items: [] },
    { name: bucketNames.membersRemoved, items: [] },
    {
      name: bucketNames.meta,
      items: sorted([
        { key: Buffer.from(consistentIndexKey), value: uint64(appliedIndex) },
        { key: Buffer.from(storageVersionKey), value: Buffer.from(etcdVersion.storage) },
        ...compaction(storage, 'finished', finishedCompactKey),
        ...compaction(storage, 'scheduled', scheduledCompactKey),
      ]),
    },
  ]
}

function leases(storage: SmallRecords): BoltItem[] {
  return sorted(
    storage.leases().map(({ id, ttlSeconds }) => ({
      key: uint64(id),
      value: encodeLeaseMessage({ id, ttlSeconds: BigInt(ttlSeconds) }),
    })),
  )
}

/** A byte and a 64-bit number, which etcd keeps apart. */
function authSettings(storage: SmallRecords): BoltItem[] {
  const settings = storage.entry(`${authEntryPrefix}settings`)
  if (settings === undefined) return []
  return [
    { key: Buffer.from(authEnabledKey), value: Buffer.from(settings.subarray(0, 1)) },
    { key: Buffer.from(authRevisionKey), value: Buffer.from(settings.subarray(1, 9)) },
  ]
}

function authEntries(storage: SmallRecords, kind: string): BoltItem[] {
  const prefix = authEntryPrefix + kind
  return sorted(
    storage.entries(prefix).map(([name, value]) => ({ key: Buffer.from(name.slice(prefix.length)), value })),
  )
}

function compaction(storage: SmallRecords, mark: CompactionMark, key: string): BoltItem[] {
  const revision = compactionMark(storage, mark)
  return revision < 0 ? [] : [{ key: Buffer.from(key), value: etcdRevisionKey(revision, 0, false) }]
}

function values(storage: SmallRecords, prefix: string): Uint8Array[] {
  return storage
    .entries(prefix)
    .map(([, value]) => value)
    .sort(Buffer.compare)
}

function sorted(items: BoltItem[]): BoltItem[] {
  return items.sort((a, b) => Buffer.compare(a.key, b.key))
}
