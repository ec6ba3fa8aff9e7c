/**
 * What etcd keeps in the buckets of its database file, and under which keys. All are there from the first start.
 * Source: etcd, mvcc/kvstore.go, auth/store.go, lease/lessor.go, alarm/alarms.go, membership/store.go.
 */
export const bucketNames = {
  alarm: 'alarm',
  auth: 'auth',
  authRoles: 'authRoles',
  authUsers: 'authUsers',
  cluster: 'cluster',
  key: 'key',
  lease: 'lease',
  members: 'members',
  membersRemoved: 'members_removed',
  meta: 'meta',
} as const

/** The index of the last applied log entry, a 64-bit big-endian number. */
export const consistentIndexKey = 'consistent_index'
/** How far a compaction was ordered, and carried out: revisions in the form of `etcdRevisionKey`. */
export const scheduledCompactKey = 'scheduledCompactRev'
export const finishedCompactKey = 'finishedCompactRev'

/** A byte, 1 when a login is needed. */
/** The raft term of the last entry. */
export const termKey = 'term'
/** The version of the layout, as text: `3.7.0`. */
export const storageVersionKey = 'storageVersion'
export const authEnabledKey = 'authEnabled'
/** A 64-bit big-endian number. */
export const authRevisionKey = 'authRevision'

export function uint64(value: bigint | number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)))
  return bytes
}
