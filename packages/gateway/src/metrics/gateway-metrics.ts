import { Histogram, head, metricText, type Sample } from '@waypost/core/metrics'
import type { ExchangeRecord } from '../proxy/exchange-record.ts'
import type { RouteSourceState } from '../source/route-source.ts'

/** Upper bounds, in milliseconds. */
export const latencyBoundsMs = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000]

/** What one process has counted: numbers and text alone, to be sent to another process and added up there. */
export interface GatewayCounts {
  readonly routes: Readonly<Record<string, RouteCounts>>
  readonly instances: Readonly<Record<string, InstanceCounts>>
  readonly gauges: GatewayGauges
}

interface RouteCounts {
  readonly statuses: Readonly<Record<string, number>>
  readonly codes: Readonly<Record<string, number>>
  readonly latency: readonly number[]
  readonly retries: number
  readonly bytesReceived: number
  readonly bytesSent: number
}

interface InstanceCounts {
  readonly service: string
  readonly instance: string
  readonly results: Readonly<Record<string, number>>
  readonly latency: readonly number[]
}

export interface GatewayGauges {
  readonly connections: number
  readonly inFlight: number
  readonly queued: number
  readonly shed: number
  /** Services whose list of instances may be out of date. */
  readonly staleServices: number
}

class RouteMetrics {
  readonly statuses = new Map<number, number>()
  readonly codes = new Map<string, number>()
  readonly latency = new Histogram(latencyBoundsMs)
  retries = 0
  bytesReceived = 0
  bytesSent = 0
}

class InstanceMetrics {
  readonly service: string
  readonly instance: string
  readonly results = new Map<string, number>()
  readonly latency = new Histogram(latencyBoundsMs)

  constructor(service: string, instance: string) {
    this.service = service
    this.instance = instance
  }
}

const noRoute = '(none)'
/** Instances come and go: those that were not heard of for longest are forgotten. */
const maxInstances = 5_000

/** Counts requests by route, and tries by instance. */
export class GatewayMetrics {
  readonly #routes = new Map<string, RouteMetrics>()
  readonly #instances = new Map<string, Map<string, InstanceMetrics>>()
  #instanceCount = 0

  ended(record: ExchangeRecord): void {
    const name = record.route ?? noRoute
    let route = this.#routes.get(name)
    if (route === undefined) {
      route = new RouteMetrics()
      this.#routes.set(name, route)
    }
    increment(route.statuses, record.status)
    if (record.code !== undefined) increment(route.codes, record.code)
    route.latency.observe(record.durationMs)
    if (record.tries > 1) route.retries += record.tries - 1
    route.bytesReceived += record.bytesReceived
    route.bytesSent += record.bytesSent
  }

  tried(service: string, instance: string, result: string, milliseconds: number): void {
    let ofService = this.#instances.get(service)
    if (ofService === undefined) {
      ofService = new Map()
      this.#instances.set(service, ofService)
    }
    let metrics = ofService.get(instance)
    if (metrics === undefined) {
      metrics = new InstanceMetrics(service, instance)
      ofService.set(instance, metrics)
      this.#instanceCount += 1
      if (this.#instanceCount > maxInstances) this.#forgetOldest()
    }
    increment(metrics.results, result)
    metrics.latency.observe(milliseconds)
  }

  counts(gauges: GatewayGauges): GatewayCounts {
    const routes: Record<string, RouteCounts> = {}
    for (const [name, route] of this.#routes) {
      routes[name] = {
        statuses: Object.fromEntries(route.statuses),
        codes: Object.fromEntries(route.codes),
        latency: route.latency.counts(),
        retries: route.retries,
        bytesReceived: route.bytesReceived,
        bytesSent: route.bytesSent,
      }
    }
    const instances: Record<string, InstanceCounts> = {}
    for (const ofService of this.#instances.values()) {
      for (const { service, instance, results, latency } of ofService.values()) {
        const counts = { service, instance, results: Object.fromEntries(results), latency: latency.counts() }
        instances[`${service}/${instance}`] = counts
      }
    }
    return { routes, instances, gauges }
  }

  #forgetOldest(): void {
    for (const [service, ofService] of this.#instances) {
      const [oldest] = ofService.keys()
      if (oldest !== undefined) {
        ofService.delete(oldest)
        this.#instanceCount -= 1
      }
      if (ofService.size === 0) this.#instances.delete(service)
      return
    }
  }
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** Adds up what several processes have counted. */
export function mergeCounts(all: readonly GatewayCounts[]): GatewayCounts {
  const routes: Record<string, RouteCounts> = {}
  const instances: Record<string, InstanceCounts> = {}
  for (const counts of all) {
    for (const [name, route] of Object.entries(counts.routes)) {
      const known = routes[name]
      routes[name] = known
        ? {
            statuses: sumOf(known.statuses, route.statuses),
            codes: sumOf(known.codes, route.codes),
            latency: known.latency.map((value, index) => value + (route.latency[index] ?? 0)),
            retries: known.retries + route.retries,
            bytesReceived: known.bytesReceived + route.bytesReceived,
            bytesSent: known.bytesSent + route.bytesSent,
          }
        : route
    }
    for (const [key, instance] of Object.entries(counts.instances)) {
      const known = instances[key]
      instances[key] = known
        ? {
            ...known,
            results: sumOf(known.results, instance.results),
            latency: known.latency.map((value, index) => value + (instance.latency[index] ?? 0)),
          }
        : instance
    }
  }
  const gauge = (name: keyof GatewayGauges): number => all.reduce((sum, { gauges }) => sum + gauges[name], 0)
  const gauges: GatewayGauges = {
    connections: gauge('connections'),
    inFlight: gauge('inFlight'),
    queued: gauge('queued'),
    shed: gauge('shed'),
    staleServices: Math.max(0, ...all.map((counts) => counts.gauges.staleServices)),
  }
  return { routes, instances, gauges }
}

function sumOf(
  left: Readonly<Record<string, number>>,
  right: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum: Record<string, number> = { ...left }
  for (const [key, count] of Object.entries(right)) sum[key] = (sum[key] ?? 0) + count
  return sum
}

/** The page `/metrics`, in Prometheus' text format. */
export function metricsPage({ routes, instances, gauges }: GatewayCounts, document?: RouteSourceState): string {
  const ofRoutes = Object.entries(routes)
  const ofInstances = Object.values(instances)
  const requests: Sample[] = ofRoutes.flatMap(([route, { statuses }]) =>
    Object.entries(statuses).map(([status, value]) => ({ labels: { route, status }, value })),
  )
  const answers: Sample[] = ofRoutes.flatMap(([route, { codes }]) =>
    Object.entries(codes).map(([code, value]) => ({ labels: { route, code }, value })),
  )
  const tries: Sample[] = ofInstances.flatMap(({ service, instance, results }) =>
    Object.entries(results).map(([result, value]) => ({ labels: { service, instance, result }, value })),
  )
  const perRoute = (pick: (counts: RouteCounts) => number): Sample[] =>
    ofRoutes.map(([route, counts]) => ({ labels: { route }, value: pick(counts) }))
  const duration = 'waypost_gateway_request_duration_seconds'
  const tryDuration = 'waypost_gateway_try_duration_seconds'
  return [
    metricText('waypost_gateway_requests_total', 'counter', 'Requests, by route and status.', requests),
    head(duration, 'histogram', 'From the head of a request to the end of its answer, by route.'),
    ...ofRoutes.map(([route, { latency }]) => histogramOf(latency).lines(duration, { route })),
    metricText(
      'waypost_gateway_own_answers_total',
      'counter',
      "The gateway's own answers and broken exchanges, by code.",
      answers,
    ),
    metricText(
      'waypost_gateway_retries_total',
      'counter',
      'Tries after the first, by route.',
      perRoute(({ retries }) => retries),
    ),
    metricText(
      'waypost_gateway_received_bytes_total',
      'counter',
      'Bytes of request bodies.',
      perRoute((counts) => counts.bytesReceived),
    ),
    metricText(
      'waypost_gateway_sent_bytes_total',
      'counter',
      'Bytes of answers.',
      perRoute((counts) => counts.bytesSent),
    ),
    metricText('waypost_gateway_tries_total', 'counter', 'Requests sent to instances, by what became of them.', tries),
    head(tryDuration, 'histogram', 'From a request to an instance to the head of its answer.'),
    ...ofInstances.map(({ service, instance, latency }) =>
      histogramOf(latency).lines(tryDuration, { service, instance }),
    ),
    metricText('waypost_gateway_connections', 'gauge', 'Open connections of clients.', gauges.connections),
    metricText('waypost_gateway_in_flight', 'gauge', 'Requests under way.', gauges.inFlight),
    metricText('waypost_gateway_queued', 'gauge', 'Requests that wait for their turn.', gauges.queued),
    metricText('waypost_gateway_shed_total', 'counter', 'Requests refused because of overload.', gauges.shed),
    metricText(
      'waypost_gateway_stale_services',
      'gauge',
      'Services whose instances may be out of date.',
      gauges.staleServices,
    ),
    ...(document ? documentMetrics(document) : []),
  ].join('')
}

function documentMetrics({ problems, refused, staleSince, release }: RouteSourceState): string[] {
  return [
    metricText(
      'waypost_gateway_routes_problems',
      'gauge',
      'Why what is in the store is not in force: 0 when it is.',
      problems.length,
    ),
    metricText('waypost_gateway_routes_refused_total', 'counter', 'Documents with routes that were refused.', refused),
    metricText(
      'waypost_gateway_routes_stale',
      'gauge',
      'Whether the routes may be out of date, because the store is away.',
      staleSince === undefined ? 0 : 1,
    ),
    metricText(
      'waypost_gateway_routes_release',
      'gauge',
      'The release of the routes in force; 0 when unknown.',
      release ?? 0,
    ),
  ]
}

function histogramOf(counts: readonly number[]): Histogram {
  const histogram = new Histogram(latencyBoundsMs)
  histogram.add(counts)
  return histogram
}
