import { type Span, type SpanOptions, type Tracer, trace } from '@opentelemetry/api'
import { EtcdClient } from '@waypost/client'
import { openTelemetryTracer } from '@waypost/client/opentelemetry'
import { prometheusMetrics } from '@waypost/client/prometheus'
import { FaultProxy, startStore } from '@waypost/testkit'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { portOf } from './real-stores.test-support.ts'

async function sample(registry: Registry, name: string, labels: Record<string, string> = {}): Promise<number> {
  const metric = await registry.getSingleMetric(`waypost_client_${name}`)?.get()
  const found = metric?.values.find((value) =>
    Object.entries(labels).every(([label, wanted]) => value.labels[label] === wanted),
  )
  return Number(found?.value ?? 0)
}

describe('metrics for Prometheus', () => {
  it('tell of calls by method and code, of watches, caches, leases and connections, and never of keys or values', async () => {
    await using store = await startStore()
    await using proxy = await FaultProxy.start(portOf(store))
    const registry = new Registry()
    const client = new EtcdClient({ endpoints: proxy.url, metrics: prometheusMetrics(registry) })
    await client.kv.put('/metrics/secret-key', 'secret-value')
    await client.kv.get('/metrics/secret-key')
    await expect(client.kv.put('/x', 'y', { lease: 12345n })).rejects.toMatchObject({ code: 'lease-not-found' })
    expect(await sample(registry, 'calls_total', { method: 'KV/Put', code: 'ok' })).toBe(1)
    expect(await sample(registry, 'calls_total', { method: 'KV/Put', code: 'lease-not-found' })).toBe(1)
    expect(await sample(registry, 'calls_total', { method: 'KV/Range', code: 'ok' })).toBe(1)
    expect(await sample(registry, 'call_duration_seconds', { method: 'KV/Put', le: '+Inf' })).toBe(2)
    expect(await sample(registry, 'connects_total')).toBe(1)

    const watch = client.watch({ prefix: '/metrics/' })
    await watch.started
    await using cache = client.cache({ prefix: '/metrics/' })
    await cache.ready
    const lease = await client.leases.grant({ ttlSeconds: 30 })
    await client.kv.put('/metrics/a', '1')
    await watch.next()
    expect(await sample(registry, 'watches')).toBe(1)
    expect(await sample(registry, 'caches')).toBe(1)
    expect(await sample(registry, 'leases')).toBe(1)
    expect(await sample(registry, 'connected')).toBe(1)
    expect(await sample(registry, 'watch_events_total')).toBeGreaterThanOrEqual(1)
    await expect.poll(() => sample(registry, 'stale_caches')).toBe(0)

    proxy.refusing = true
    proxy.cut()
    await expect.poll(() => sample(registry, 'disconnects_total')).toBe(1)
    await expect.poll(() => sample(registry, 'stale_caches')).toBe(1)
    await expect.poll(() => sample(registry, 'cache_staleness_seconds')).toBeGreaterThan(0)
    expect(await sample(registry, 'watch_interruptions_total')).toBeGreaterThanOrEqual(1)
    const read = client.kv.get('/metrics/a')
    proxy.refusing = false
    await read
    expect(await sample(registry, 'call_retries_total', { method: 'KV/Range' })).toBe(0)

    await using direct = new EtcdClient({ endpoints: store.url })
    await direct.leases.revoke(lease.id)
    await expect(lease.keepAliveOnce()).rejects.toMatchObject({ code: 'lease-not-found' })
    expect(await sample(registry, 'leases_lost_total')).toBe(1)
    expect(await registry.metrics()).not.toContain('secret')
    await client.close()
    expect(await sample(registry, 'caches')).toBe(0)
  })

  it('count the calls that are sent again', async () => {
    await using store = await startStore()
    await using proxy = await FaultProxy.start(portOf(store))
    const registry = new Registry()
    await using client = new EtcdClient({ endpoints: proxy.url, metrics: prometheusMetrics(registry) })
    await client.kv.get('/a')
    proxy.stalled = true
    const read = client.kv.get('/a')
    await new Promise((resolve) => setImmediate(resolve))
    proxy.stalled = false
    proxy.cut()
    await read
    expect(await sample(registry, 'call_retries_total', { method: 'KV/Range' })).toBe(1)
    expect(await sample(registry, 'calls_total', { method: 'KV/Range', code: 'ok' })).toBe(2)
  })

  it('of several clients are added up, under a prefix of one’s own', async () => {
    await using store = await startStore()
    const registry = new Registry()
    const metrics = prometheusMetrics(registry, { prefix: 'shop_etcd_' })
    await using first = new EtcdClient({ endpoints: store.url, metrics })
    await using second = new EtcdClient({ endpoints: store.url, metrics })
    await Promise.all([first.kv.get('/a'), second.kv.get('/a')])
    expect((await registry.getSingleMetric('shop_etcd_connected')?.get())?.values[0]?.value).toBe(2)
  })
})

describe('spans for OpenTelemetry', () => {
  it('are made of calls, and say how they failed', async () => {
    const spans: { name: string; options: SpanOptions | undefined; attributes: Record<string, unknown> }[] = []
    let ended = 0
    const tracer: Tracer = {
      startSpan: (name, options) => {
        const record = { name, options, attributes: {} }
        spans.push(record)
        const none = trace.wrapSpanContext({ traceId: '0', spanId: '0', traceFlags: 0 })
        const span: Span = Object.assign(Object.create(none), {
          setAttribute: (key: string, value: unknown) => {
            Object.assign(record.attributes, { [key]: value })
            return span
          },
          setStatus: () => span,
          end: () => {
            ended += 1
          },
        })
        return span
      },
      startActiveSpan: () => {
        throw new Error('The client makes no span the active one.')
      },
    }
    await using store = await startStore()
    await using client = new EtcdClient({ endpoints: store.url, tracer: openTelemetryTracer(tracer) })
    await client.kv.put('/spans/secret', 'secret')
    await expect(client.leases.revoke(1n)).rejects.toMatchObject({ code: 'lease-not-found' })
    expect(spans.map(({ name }) => name)).toEqual(['etcdserverpb.KV/Put', 'etcdserverpb.Lease/LeaseRevoke'])
    expect(spans[0]?.options?.attributes).toEqual({
      'rpc.system': 'grpc',
      'rpc.service': 'etcdserverpb.KV',
      'rpc.method': 'Put',
    })
    expect(spans[1]?.attributes).toMatchObject({ 'error.type': 'lease-not-found', 'server.address': store.url })
    expect(ended).toBe(2)
  })
})
