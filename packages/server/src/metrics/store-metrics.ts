import type { Histogram } from '@waypost/core/metrics'
import { head, metricText } from '@waypost/core/metrics'
import type { Engine } from '../apply/engine.ts'
import { etcdVersion } from '../etcd-version.ts'
import type { WatchHub } from '../watch/watch-hub.ts'

export interface StoreMetricsSources {
  readonly engine: Engine
  readonly hub: WatchHub
  readonly logSyncs: Histogram
  readonly quotaBytes: number
}

/** What an operator wants to know of the store, under etcd's names where etcd has one. */
export function storeMetrics({ engine, hub, logSyncs, quotaBytes }: StoreMetricsSources): string {
  const { bytes, inUseBytes } = engine.size
  const gauge = (name: string, help: string, value: number): string => metricText(name, 'gauge', help, value)
  return [
    metricText('etcd_server_version', 'gauge', 'The etcd version whose behaviour clients may count on.', [
      { labels: { server_version: etcdVersion.server }, value: 1 },
    ]),
    gauge('etcd_server_has_leader', 'Whether a leader exists: this server is its own.', 1),
    gauge('etcd_server_is_leader', 'Whether this server leads.', 1),
    metricText('etcd_server_leader_changes_seen_total', 'counter', 'Changes of leader: there are none.', 0),
    gauge('waypost_takes_writes', 'Whether the log can be written.', engine.takesWrites ? 1 : 0),
    gauge('etcd_server_is_learner', 'Whether this server is a learner: never.', 0),
    metricText('etcd_server_id', 'gauge', 'The id of the server, in hexadecimal.', [
      { labels: { server_id: engine.memberId.toString(16) }, value: 1 },
    ]),
    metricText('etcd_cluster_version', 'gauge', 'The version that a cluster of such members agrees on.', [
      { labels: { cluster_version: etcdVersion.cluster.replace(/\.\d+$/, '') }, value: 1 },
    ]),
    gauge('etcd_server_proposals_committed_total', 'Commands that are durable.', engine.raftIndex),
    gauge('etcd_server_proposals_applied_total', 'Commands applied.', engine.raftIndex),
    gauge('etcd_server_quota_backend_bytes', 'The size above which puts are refused.', quotaBytes),
    gauge('etcd_mvcc_db_total_size_in_bytes', 'The size of the data on disk, or in memory.', bytes),
    gauge('etcd_mvcc_db_total_size_in_use_in_bytes', 'How much of it is in use.', inUseBytes),
    gauge('etcd_debugging_mvcc_current_revision', 'The revision of the store.', engine.revision),
    gauge('etcd_debugging_mvcc_compact_revision', 'The revision of the last compaction.', engine.compactRevision),
    gauge('etcd_debugging_mvcc_watch_stream_total', 'Watch streams that are open.', hub.streams),
    gauge('etcd_debugging_mvcc_watcher_total', 'Watchers.', hub.watchers),
    gauge('etcd_debugging_mvcc_slow_watcher_total', 'Watchers that are behind.', hub.laggingWatchers),
    gauge('waypost_leases', 'Leases.', engine.leases.count),
    head('etcd_disk_wal_fsync_duration_seconds', 'histogram', 'How long a synced write to the log took.'),
    logSyncs.lines('etcd_disk_wal_fsync_duration_seconds'),
  ].join('')
}
