import type { EtcdMetrics } from '@waypost/client'
import { prometheusMetrics } from '@waypost/client/prometheus'
import { checkOptions, text } from '@waypost/core/options'
import { Gauge, type Registry } from 'prom-client'
import type { Waypost } from './connect.ts'

export interface WaypostMetricsOptions {
  /** What every name begins with. Default `waypost_`. */
  readonly prefix?: string | undefined
}

/** What is counted about a store: `client` is given to `connect`, `observe` is called with what it returns. */
export interface WaypostMetrics {
  readonly client: EtcdMetrics
  /** Adds the registrations, views and configurations of an open store. Returns the function that takes them off. */
  observe(waypost: Waypost): () => void
}

/**
 * The metrics of a process in a registry of prom-client: those of its connection, and gauges of its registrations, views
 * and configurations. Register once per registry and prefix: prom-client refuses a name that is there.
 *
 * ```ts
 * const metrics = waypostMetrics(register)
 * const waypost = await connect({ metrics: metrics.client })
 * metrics.observe(waypost)
 * ```
 */
export function waypostMetrics(registry: Registry, options: WaypostMetricsOptions = {}): WaypostMetrics {
  checkOptions('waypostMetrics', options, { prefix: text })
  const { prefix = 'waypost_' } = options
  const observed = new Set<Waypost>()
  const gauge = (name: string, help: string, read: (waypost: Waypost) => number) =>
    new Gauge({
      name: prefix + name,
      help,
      registers: [registry],
      collect() {
        this.set([...observed].reduce((sum, waypost) => sum + read(waypost), 0))
      },
    })
  gauge('registrations', 'Instances registered by this process.', ({ registry }) => registry.gauges.registrations)
  gauge(
    'lost_registrations',
    'Registered instances whose record is gone and not restored yet.',
    ({ registry }) => registry.gauges.lostRegistrations,
  )
  gauge('instances', 'Instances in the views of this process.', ({ registry }) => registry.gauges.instances)
  gauge(
    'held_instances',
    'Instances in views that the guard holds after a mass expiry.',
    ({ registry }) => registry.gauges.heldInstances,
  )
  gauge(
    'stale_views',
    'Views that do not follow the store now, or hold instances.',
    ({ registry }) => registry.gauges.staleViews,
  )
  gauge('configurations', 'Configurations that are loaded.', ({ config }) => config.gauges.loaded)
  gauge(
    'rejected_configurations',
    'Loaded configurations whose newest documents were rejected: the last good ones are in force.',
    ({ config }) => config.gauges.rejected,
  )
  gauge(
    'stale_configurations',
    'Loaded configurations that do not follow the store now.',
    ({ config }) => config.gauges.stale,
  )
  return {
    client: prometheusMetrics(registry, { prefix: `${prefix}client_` }),
    observe(waypost) {
      observed.add(waypost)
      return () => observed.delete(waypost)
    },
  }
}
