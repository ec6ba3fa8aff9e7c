import { Histogram, metricText } from '@waypost/core/metrics'
import { KV, Lease, LeaseGrantRequest, PutRequest, RangeRequest } from '@waypost/protocol'
import { RpcConnection } from '@waypost/rpc'
import { makeTempDir, removeTempDir } from '@waypost/testkit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { EmbeddedServer } from '../server.ts'

let dataDir: string
let server: EmbeddedServer

beforeEach(async () => {
  dataDir = makeTempDir('metrics')
  server = await EmbeddedServer.start({ dataDir, port: 0 })
})

afterEach(async () => {
  await server.close()
  await removeTempDir(dataDir)
})

/** Every value by its metric and labels; throws when a line is not as the format wants it. */
async function scrape(): Promise<Map<string, number>> {
  const response = await fetch(`${server.url}/metrics`)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const values = new Map<string, number>()
  for (const line of (await response.text()).trimEnd().split('\n')) {
    if (/^# (HELP|TYPE) \w+ ./.test(line)) continue
    const [, series = '', value] = /^(\w+(?:\{(?:\w+="(?:[^"\\]|\\.)*",?)+\})?) (\S+)$/.exec(line) ?? []
    if (series === '' || values.has(series)) throw new Error(`This is no sample, or there are two of it: ${line}`)
    values.set(series, Number(value))
  }
  return values
}

it('tells of calls, the store, the log and the process', async () => {
  const connection = new RpcConnection(server.url)
  const key = Buffer.from('a')
  await connection.unary(KV.put, PutRequest.create({ key }))
  await connection.unary(KV.put, PutRequest.create({ key }))
  await connection.unary(KV.range, RangeRequest.create({})).catch(() => {})
  await connection.unary(Lease.leaseGrant, LeaseGrantRequest.create({ ttl: 60n }))
  await connection.close()
  await fetch(`${server.url}/v3/kv/range`, { method: 'POST', body: '{"key":"YQ=="}' })
  const metrics = await scrape()
  const call = (name: string, service = 'KV') =>
    `grpc_method="${name}",grpc_service="etcdserverpb.${service}",grpc_type="unary"`
  expect(Object.fromEntries(metrics)).toMatchObject({
    [`grpc_server_started_total{${call('Put')}}`]: 2,
    [`grpc_server_handled_total{grpc_code="OK",${call('Put')}}`]: 2,
    [`grpc_server_handled_total{grpc_code="OK",${call('Range')}}`]: 1,
    [`grpc_server_handled_total{grpc_code="InvalidArgument",${call('Range')}}`]: 1,
    [`grpc_server_handling_seconds_count{${call('Put')}}`]: 2,
    [`grpc_server_handling_seconds_bucket{${call('LeaseGrant', 'Lease')},le="+Inf"}`]: 1,
    etcd_server_has_leader: 1,
    etcd_debugging_mvcc_current_revision: 3,
    waypost_leases: 1,
    waypost_takes_writes: 1,
  })
  expect(metrics.get('etcd_disk_wal_fsync_duration_seconds_count')).toBeGreaterThanOrEqual(3)
  expect(metrics.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
  expect(metrics.get('etcd_mvcc_db_total_size_in_bytes')).toBeGreaterThan(0)
})

it('counts watchers while they are there', async () => {
  const stop = new AbortController()
  const watch = await fetch(`${server.url}/v3/watch`, {
    method: 'POST',
    body: '{"create_request":{"key":"YQ=="}}{"create_request":{"key":"Yg=="}}',
    signal: stop.signal,
  })
  const reader = watch.body?.getReader()
  let text = ''
  while (text.split('\n').length < 3) text += Buffer.from((await reader?.read())?.value ?? []).toString()
  const metrics = await scrape()
  expect(metrics.get('etcd_debugging_mvcc_watch_stream_total')).toBe(1)
  expect(metrics.get('etcd_debugging_mvcc_watcher_total')).toBe(2)
  stop.abort()
})

it('puts durations into cumulative buckets, in seconds', () => {
  const histogram = new Histogram([1, 10])
  for (const durationMs of [0.5, 1, 5, 500]) histogram.observe(durationMs)
  expect(histogram.lines('x')).toBe(
    'x_bucket{le="0.001"} 2\nx_bucket{le="0.01"} 3\nx_bucket{le="+Inf"} 4\nx_sum 0.5065\nx_count 4\n',
  )
})

it('escapes the values of labels', () => {
  expect(metricText('x', 'gauge', 'Help.', [{ labels: { a: 'q"\\\n' }, value: 1 }])).toBe(
    '# HELP x Help.\n# TYPE x gauge\nx{a="q\\"\\\\\\n"} 1\n',
  )
})
