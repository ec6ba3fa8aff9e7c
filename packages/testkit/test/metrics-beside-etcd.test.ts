import { expect, it, onTestFinished } from 'vitest'
import { requireOrSkip, startEtcd, startStore } from '../src/index.ts'
import { Wire } from '../src/wire/wire.ts'

/** Metrics that etcd 3.7 has and the embedded server has not, by the reason. */
const onlyEtcd: Readonly<Record<string, RegExp>> = {
  'of the Go runtime and its HTTP library': /^(go|promhttp)_/,
  'of the operating system; process_* has what matters': /^(os_fd|process_(max_fds|network|virtual))_?/,
  'of members and elections': /^etcd_(network_known_peers|server_(heartbeat_send|learner_promote|go_version))/,
  'of reading through a quorum': /^etcd_server_(read_indexes_failed|slow_read_indexes)_total$/,
  'of the files that etcd keeps': /^etcd_(debugging_)?(snap|disk_(backend|defrag|wal_write))_/,
  'of the proxy': /^etcd_grpc_proxy_/,
  'of the store of API version 2': /^etcd_debugging_store_/,
  'of how work is cut into steps': /^etcd_debugging_(mvcc_(db|index)_compaction|server_watch_send_loop)_/,
  'counts of a kind that grpc_server_handled_total has':
    /^etcd_(mvcc_(put|delete|range|txn)_total|server_client_requests_total|debugging_lease_\w+_total)$/,
  'sizes and durations that are not measured':
    /^etcd_(mvcc_hash\w*_duration_seconds|mvcc_db_open_read_transactions|network_client_grpc_\w+_bytes_total)$/,
  'requests as etcd applies them':
    /^etcd_server_(apply|range|request)_duration_seconds$|^etcd_server_slow_apply_total$/,
  'proposals that wait or fail: none does': /^etcd_server_proposals_(failed|pending)(_total)?$/,
  'of features and health, which /health tells':
    /^etcd_server_(feature_enabled|health_(failures|success)|snapshot_apply)/,
  'counters for debugging':
    /^etcd_debugging_(auth_revision|mvcc_(events|keys|pending_events)_total|mvcc_total_put_size_in_bytes|server_lease_expired_total)$/,
  'messages of streams': /^grpc_server_msg_(received|sent)_total$/,
}

/** Metrics of the embedded server alone. */
const onlyOurs = [
  'grpc_server_handling_seconds histogram',
  'nodejs_external_memory_bytes gauge',
  'nodejs_heap_size_used_bytes gauge',
  'nodejs_version_info gauge',
  'waypost_leases gauge',
  'waypost_takes_writes gauge',
]

async function metricsOf(url: string): Promise<string[]> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return [...text.matchAll(/^# TYPE (\S+ \S+)$/gm)].map(([, metric = '']) => metric).sort()
}

it.skipIf(!requireOrSkip("metrics' names beside etcd", 'model'))(
  'metrics have the names and the types that etcd 3.7 gives them, and every difference is known',
  async () => {
    const [model, server] = await Promise.all([startEtcd(), startStore()])
    onTestFinished(() => model.close())
    onTestFinished(() => server.close())
    for (const { url } of [model, server]) {
      const wire = new Wire(url)
      await wire.put('a', '1')
      await wire.grant(60n)
      await wire.close()
    }
    const [etcd, ours] = await Promise.all([metricsOf(model.url), metricsOf(server.url)])
    expect(ours.filter((metric) => !etcd.includes(metric))).toEqual(onlyOurs)
    const missing = etcd.filter((metric) => !ours.includes(metric)).map((metric) => metric.split(' ')[0] ?? '')
    const reasons = Object.values(onlyEtcd)
    expect(missing.filter((name) => !reasons.some((pattern) => pattern.test(name)))).toEqual([])
    expect(reasons.filter((pattern) => !missing.some((name) => pattern.test(name)))).toEqual([])
    expect(etcd.filter((metric) => ours.includes(metric)).length).toBeGreaterThan(20)
  },
)
