import { checkOptions, listOf, number, text } from '@waypost/core/options'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { EtcdGauges, EtcdMetrics } from './metrics.ts'

export interface PrometheusOptions {
  /** What every name begins with. Default `waypost_client_`. */
  readonly prefix?: string | undefined
  /** Upper bounds of the call durations, in seconds. Default from half a millisecond to five seconds. */
  readonly buckets?: readonly number[] | undefined
}

const defaultBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/**
 * The metrics of one client or several, in a registry of prom-client. Labels are `method` and `code`, of which there
 * are few. Register once per registry and prefix: prom-client refuses a name that is there.
 */
export function prometheusMetrics(registry: Registry, options: PrometheusOptions = {}): EtcdMetrics {
  checkOptions('prometheusMetrics', options, { prefix: text, buckets: listOf(number) })
  const { prefix = 'waypost_client_', buckets = defaultBuckets } = options
  const registers = [registry]
  const clients = new Set<() => EtcdGauges>()
  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name: `${prefix}${name}_total`, help, labelNames, registers })
  const gauge = (name: string, help: string, merge: (all: EtcdGauges[]) => number) =>
    new Gauge({
      name: `${prefix}${name}`,
      help,
      registers,
      collect() {
        this.set(merge([...clients].map((read) => read())))
      },
    })
  const sumOf = (field: 'leases' | 'watches' | 'caches' | 'staleCaches') => (all: EtcdGauges[]) =>
    all.reduce((sum, gauges) => sum + gauges[field], 0)
  const maxOf = (field: 'stalenessSeconds' | 'cacheRevisionLag') => (all: EtcdGauges[]) =>
    Math.max(0, ...all.map((gauges) => gauges[field]))

  const calls = counter('calls', 'Calls that have ended, by method and code.', ['method', 'code'])
  const retries = counter('call_retries', 'Calls that were retried.', ['method'])
  const durations = new Histogram({
    name: `${prefix}call_duration_seconds`,
    help: 'How long calls took, retries included.',
    labelNames: ['method'],
    buckets: [...buckets],
    registers,
  })
  const connects = counter('connects', 'Connections that were opened.')
  const disconnects = counter('disconnects', 'Connections in use that were lost.')
  const events = counter('watch_events', 'Events received by watches.')
  const interruptions = counter('watch_interruptions', 'Watches that lost their stream and were resumed.')
  const lost = counter('leases_lost', 'Leases that were lost, not released.')
  gauge('connected', 'How many clients have a connection.', (all) => all.filter(({ connected }) => connected).length)
  gauge('leases', 'Leases held.', sumOf('leases'))
  gauge('watches', 'Open watches.', sumOf('watches'))
  gauge('caches', 'Open caches.', sumOf('caches'))
  gauge('stale_caches', 'Caches that do not follow the store now.', sumOf('staleCaches'))
  gauge('cache_staleness_seconds', 'How long the stalest cache has been stale.', maxOf('stalenessSeconds'))
  gauge(
    'cache_revision_lag',
    'Revisions by which the slowest cache lags behind the newest known one.',
    maxOf('cacheRevisionLag'),
  )

  return {
    callEnded: (method, code, seconds) => {
      calls.inc({ method, code })
      durations.observe({ method }, seconds)
    },
    callRetried: (method) => retries.inc({ method }),
    connected: () => connects.inc(),
    disconnected: () => disconnects.inc(),
    watchEventsReceived: (count) => events.inc(count),
    watchesInterrupted: (count) => interruptions.inc(count),
    leaseLost: () => lost.inc(),
    clientOpened: (read) => {
      clients.add(read)
      return () => clients.delete(read)
    },
  }
}
