export { Auth } from './auth/auth.ts'
export { type Permission, type PermissionType, Roles } from './auth/roles.ts'
export { Users } from './auth/users.ts'
export { Cache } from './cache/cache.ts'
export type { CacheChange, CacheChanges } from './cache/cache-changes.ts'
export type { CacheOptions } from './cache/cache-options.ts'
export { EtcdClient } from './client.ts'
export { type EtcdClientOptions, etcdClientOptionKinds, type KeepAliveOptions } from './client-options.ts'
export { type AddMemberOptions, Cluster, type Member } from './cluster/cluster.ts'
export type { EndpointOptions } from './cluster/endpoint-options.ts'
export { type Alarm, type HashKvOptions, type KvHash, Maintenance, type MemberStatus } from './cluster/maintenance.ts'
export type { SnapshotOptions } from './cluster/snapshot-options.ts'
export { type ProcessIdentity, processIdentity } from './identity/process-identity.ts'
export type { Int64, Key, RangeSelector } from './keys/key.ts'
export { KeyValue } from './keys/key-value.ts'
export { KeyValueList } from './kv/key-value-list.ts'
export { Kv } from './kv/kv.ts'
export type {
  CompactOptions,
  CountOptions,
  DeleteFlags,
  DeleteOptions,
  DeleteResult,
  GetFlags,
  GetOptions,
  ListOptions,
  PutFlags,
  PutOptions,
  PutResult,
  RangeFlags,
  RangeOptions,
  RangePage,
  SortBy,
} from './kv/kv-options.ts'
export { Lease, type LeaseTimeToLive, type TimeToLiveOptions } from './lease/lease.ts'
export { type GrantOptions, Leases } from './lease/leases.ts'
export type { LinkState, LinkStatus } from './link/status.ts'
export type { EtcdTlsOptions } from './link/tls-material.ts'
export { Presence, type PresenceEvent } from './presence/presence.ts'
export {
  type PresenceOptions,
  type PresenceSettings,
  presenceOptionKinds,
  resolvePresence,
} from './presence/presence-options.ts'
export type { EtcdLogger } from './telemetry/logger.ts'
export type { CallOutcome, EtcdGauges, EtcdMetrics } from './telemetry/metrics.ts'
export type { EtcdSpan, EtcdTracer } from './telemetry/tracer.ts'
export { type Comparable, Condition, createRevision, lease, modRevision, value, version } from './txn/compare.ts'
export { del, get, list, Operation, put, type ResultsOf } from './txn/operation.ts'
export { Txn, type TxnResult } from './txn/txn.ts'
export { Watch, type WatchOptions } from './watch/watch.ts'
export type { WatchBatch, WatchEvent } from './watch/watch-batch.ts'
