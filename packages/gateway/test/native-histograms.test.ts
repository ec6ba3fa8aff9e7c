import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePorts, makeTempDir, Program, patienceMs, removeTempDir, requireOrSkip } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { recordOf } from '../src/metrics/exchange-record.test-support.ts'
import { expositionOf } from '../src/metrics/exposition.ts'
import { GatewayMetrics, mergeCounts, metricFamilies } from '../src/metrics/gateway-metrics.ts'
import type { MetricFamily } from '../src/metrics/metric-family.ts'
import { addNativeCounts, NativeBuckets } from '../src/metrics/native-buckets.ts'
import { AdminServer } from '../src/server/admin.ts'

const gauges = { connections: 0, inFlight: 0, queued: 0, shed: 0, staleServices: 0 }

/** What two workers have counted together: a request for each of the durations. */
function families(durationsMs: readonly number[]): MetricFamily[] {
  const workers = [new GatewayMetrics(), new GatewayMetrics()] as const
  for (const [index, durationMs] of durationsMs.entries())
    workers[index % 2 ? 1 : 0].ended(recordOf({ route: 'shop "1"', durationMs, bytesSent: 5_000_000_000 }))
  workers[0].closed('tls')
  workers[1].closed('tls')
  return metricFamilies(
    mergeCounts([
      workers[0].counts(gauges, { a: 'open', b: 'half-open' }),
      workers[1].counts(gauges, { a: 'half-open' }),
    ]),
  )
}

describe('native buckets', () => {
  it('take what is above the bound before and at most their own', () => {
    for (const [durationMs, index] of [
      [1_000, 0],
      [1_001, 1],
      [2_000, 8],
      [2_001, 9],
      [500, -8],
      [0.0611, -111],
      [1e12, 136],
    ] as const) {
      const buckets = new NativeBuckets()
      buckets.observe(durationMs)
      expect(buckets.counts(), String(durationMs)).toEqual([0, index, 1])
    }
    const zero = new NativeBuckets()
    for (const durationMs of [0, 0.01, -1, Number.NaN]) zero.observe(durationMs)
    expect(zero.counts()).toEqual([4])
  })

  it('are added up whichever of them are in use', () => {
    expect(addNativeCounts([1, -3, 2, 5, 1], [2, -8, 1, 5, 4])).toEqual([3, -8, 1, -3, 2, 5, 5])
    expect(addNativeCounts([0], [0])).toEqual([0])
  })
})

describe('the format of metrics', () => {
  it.each([
    [undefined, false],
    ['*/*', false],
    ['text/plain;version=0.0.4', false],
    [
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,text/plain',
      false,
    ],
    ['application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text', false],
    [
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      true,
    ],
  ])('for %s is protobuf: %s', (accept, isProtobuf) => {
    const { contentType, body } = expositionOf(families([1]), accept)
    expect([contentType.includes('protobuf'), typeof body !== 'string']).toEqual([isProtobuf, isProtobuf])
  })
})

it.skipIf(!requireOrSkip('native histograms in Prometheus', 'prometheus'))(
  'are what Prometheus with native histograms counts, with quantiles to within 9 %',
  async () => {
    const durationsMs = Array.from({ length: 1_000 }, (_, index) => 0.02 * 1.01 ** index)
    await using admin = await AdminServer.start(
      {
        exposition: (accept) => expositionOf(families(durationsMs), accept),
        status: () => ({ routes: [], services: [], counts: new GatewayMetrics().counts(gauges), document: undefined }),
      },
      0,
    )
    const directory = await makeTempDir('prometheus')
    const [port = 0] = await freePorts(1)
    const config = join(directory, 'prometheus.yml')
    const targets = `[{ targets: ['127.0.0.1:${admin.port}'] }]`
    await writeFile(
      config,
      `scrape_configs: [{ job_name: gateway, scrape_interval: 250ms, static_configs: ${targets} }]`,
    )
    const prometheus = await Program.start('prometheus', [
      '--enable-feature=native-histograms',
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ])
    try {
      const query = async (expression: string): Promise<string | undefined> => {
        const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`
        const answer: unknown = await fetch(url).then(
          (response) => response.json(),
          () => undefined,
        )
        return /"value":\[[^,]+,"([^"]+)"\]/.exec(JSON.stringify(answer) ?? '')?.[1]
      }
      const name = 'waypost_gateway_request_duration_seconds'
      await expect
        .poll(() => query(`histogram_count(${name}{route="shop \\"1\\""})`), { timeout: patienceMs })
        .toBe('1000')
      const sum = durationsMs.reduce((total, durationMs) => total + durationMs, 0) / 1_000
      expect(Number(await query(`histogram_sum(${name})`)) / sum).toBeCloseTo(1, 6)
      for (const share of [0.1, 0.5, 0.9, 0.99]) {
        const exact = (durationsMs[Math.ceil(share * 1_000) - 1] ?? 0) / 1_000
        const told = Number(await query(`histogram_quantile(${share}, ${name})`))
        expect(Math.abs(told / exact - 1), `${share}: ${told} for ${exact}`).toBeLessThan(0.09)
      }
      expect(await query('waypost_gateway_requests_total')).toBe('1000')
      expect(await query('waypost_gateway_sent_bytes_total')).toBe('5000000000000')
      expect(await query('sum(waypost_gateway_open_breakers)')).toBe('2')
      expect(await query('waypost_gateway_closed_connections_total{reason="tls"}')).toBe('2')
    } finally {
      await prometheus.kill()
      await removeTempDir(directory)
    }
  },
)
