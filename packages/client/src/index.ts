export { Auth } from './auth.ts'
export type { CacheChange, CacheChanges } from './cache/cache-changes.ts'
export { Cache } from './cache.ts'
export type { CacheOptions } from './cache-options.ts'
export { EtcdClient } from './client.ts'
export type { EtcdClientOptions, EtcdTlsOptions, KeepAliveOptions } from './client-options.ts'
export { type AddMemberOptions, Cluster, type Member } from './cluster.ts'
export { type Comparable, Condition, createRevision, lease, modRevision, value, version } from './compare.ts'
export type { Int64, Key, RangeSelector } from './key.ts'
export { KeyValue } from './key-value.ts'
export { Kv } from './kv.ts'
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
} from './kv-options.ts'
export { Lease, type LeaseTimeToLive, type TimeToLiveOptions } from './lease.ts'
export { type GrantOptions, Leases } from './leases.ts'
export { KeyValueList } from './list.ts'
export type { EtcdLogger } from './logger.ts'
export { type Alarm, type EndpointOptions, type KvHash, Maintenance, type MemberStatus } from './maintenance.ts'
export type { CallOutcome, EtcdGauges, EtcdMetrics } from './metrics.ts'
export { del, get, list, Operation, put, type ResultsOf } from './operation.ts'
export { Presence, type PresenceEvent } from './presence.ts'
export { type PresenceOptions, type PresenceSettings, resolvePresence } from './presence-options.ts'
export { type Permission, type PermissionType, Roles } from './roles.ts'
export type { SnapshotOptions } from './snapshot.ts'
export type { LinkState, LinkStatus } from './status.ts'
export type { EtcdSpan, EtcdTracer } from './tracer.ts'
export { Txn, type TxnResult } from './txn.ts'
export { Users } from './users.ts'
export { Watch, type WatchBatch, type WatchEvent, type WatchOptions } from './watch.ts'
