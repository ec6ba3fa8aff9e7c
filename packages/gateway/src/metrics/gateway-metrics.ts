import { Histogram, type Labels, type Sample } from '@waypost/core/metrics'
import type { ExchangeRecord } from '../proxy/exchange-record.ts'
import type { ClosedConnection } from '../proxy/gateway-core.ts'
import type { RouteSourceState } from '../source/route-source.ts'
import { latencyBoundsMs, type MetricFamily } from './metric-family.ts'
import { addNativeCounts, NativeBuckets } from './native-buckets.ts'

/** What one process has counted: numbers and text alone, to be sent to another process and added up there. */
export interface GatewayCounts {
  readonly routes: Readonly<Record<string, RouteCounts>>
  readonly instances: Readonly<Record<string, InstanceCounts>>
  /** Connections on which no request could be read, by the reason. */
  readonly closed: Readonly<Record<string, number>>
  /** Breakers that hold requests back, by route; of several processes the one that holds back more. */
  readonly breakers: Readonly<Record<string, 'open' | 'half-open'>>
  readonly gauges: GatewayGauges
}

interface RouteCounts {
  readonly statuses: Readonly<Record<string, number>>
  readonly codes: Readonly<Record<string, number>>
  readonly latency: readonly number[]
  readonly native: readonly number[]
  readonly retries: number
  readonly bytesReceived: number
  readonly bytesSent: number
}

interface InstanceCounts {
  readonly service: string
  readonly instance: string
  readonly results: Readonly<Record<string, number>>
  readonly latency: readonly number[]
  readonly native: readonly number[]
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
  readonly native = new NativeBuckets()
  retries = 0
  bytesReceived = 0
  bytesSent = 0
}

class InstanceMetrics {
  readonly service: string
  readonly instance: string
  readonly results = new Map<string, number>()
  readonly latency = new Histogram(latencyBoundsMs)
  readonly native = new NativeBuckets()

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
  readonly #closed = new Map<string, number>()
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
    route.native.observe(record.durationMs)
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
    metrics.native.observe(milliseconds)
  }

  closed(reason: ClosedConnection): void {
    increment(this.#closed, reason)
  }

  counts(gauges: GatewayGauges, breakers: GatewayCounts['breakers'] = {}): GatewayCounts {
    const routes: Record<string, RouteCounts> = {}
    for (const [name, route] of this.#routes) {
      routes[name] = {
        statuses: Object.fromEntries(route.statuses),
        codes: Object.fromEntries(route.codes),
        latency: route.latency.counts(),
        native: route.native.counts(),
        retries: route.retries,
        bytesReceived: route.bytesReceived,
        bytesSent: route.bytesSent,
      }
    }
    const instances: Record<string, InstanceCounts> = {}
    for (const ofService of this.#instances.values()) {
      for (const { service, instance, results, latency, native } of ofService.values()) {
        instances[`${service}/${instance}`] = {
          service,
          instance,
          results: Object.fromEntries(results),
          latency: latency.counts(),
          native: native.counts(),
        }
      }
    }
    return { routes, instances, closed: Object.fromEntries(this.#closed), breakers, gauges }
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
  const breakers: Record<string, 'open' | 'half-open'> = {}
  let closed: Readonly<Record<string, number>> = {}
  for (const counts of all) {
    closed = sumOf(closed, counts.closed)
    for (const [name, state] of Object.entries(counts.breakers)) {
      if (state === 'open' || breakers[name] === undefined) breakers[name] = state
    }
    for (const [name, route] of Object.entries(counts.routes)) {
      const known = routes[name]
      routes[name] = known
        ? {
            statuses: sumOf(known.statuses, route.statuses),
            codes: sumOf(known.codes, route.codes),
            latency: known.latency.map((value, index) => value + (route.latency[index] ?? 0)),
            native: addNativeCounts(known.native, route.native),
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
            native: addNativeCounts(known.native, instance.native),
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
  return { routes, instances, closed, breakers, gauges }
}

function sumOf(
  left: Readonly<Record<string, number>>,
  right: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum: Record<string, number> = { ...left }
  for (const [key, count] of Object.entries(right)) sum[key] = (sum[key] ?? 0) + count
  return sum
}

/** All that is counted, for `/metrics`. */
export function metricFamilies(counts: GatewayCounts, document?: RouteSourceState): MetricFamily[] {
  const { routes, instances, closed, breakers, gauges } = counts
  const ofRoutes = Object.entries(routes)
  const ofInstances = Object.values(instances)
  const perRoute = (name: string, help: string, pick: (route: RouteCounts) => number): MetricFamily =>
    counter(
      name,
      help,
      ofRoutes.map(([route, one]) => ({ labels: { route }, value: pick(one) })),
    )
  return [
    counter(
      'requests_total',
      'Requests, by route and status.',
      ofRoutes.flatMap(([route, { statuses }]) => samplesOf(statuses, (status) => ({ route, status }))),
    ),
    {
      name: `${prefix}request_duration_seconds`,
      help: 'From the head of a request to the end of its answer, by route.',
      type: 'histogram',
      series: ofRoutes.map(([route, { latency, native }]) => ({ labels: { route }, latency, native })),
    },
    counter(
      'own_answers_total',
      "The gateway's own answers and broken exchanges, by code.",
      ofRoutes.flatMap(([route, { codes }]) => samplesOf(codes, (code) => ({ route, code }))),
    ),
    perRoute('retries_total', 'Retries, by route.', ({ retries }) => retries),
    perRoute('received_bytes_total', 'Bytes of request bodies.', ({ bytesReceived }) => bytesReceived),
    perRoute('sent_bytes_total', 'Bytes of answers.', ({ bytesSent }) => bytesSent),
    counter(
      'tries_total',
      'Requests sent to instances, by outcome.',
      ofInstances.flatMap(({ service, instance, results }) =>
        samplesOf(results, (result) => ({ service, instance, result })),
      ),
    ),
    {
      name: `${prefix}try_duration_seconds`,
      help: 'From sending a request to an instance to the head of its answer.',
      type: 'histogram',
      series: ofInstances.map(({ service, instance, latency, native }) => ({
        labels: { service, instance },
        latency,
        native,
      })),
    },
    counter(
      'closed_connections_total',
      'Connections of clients that were closed because no request could be read on them, by the reason.',
      samplesOf(closed, (reason) => ({ reason })),
    ),
    {
      name: `${prefix}open_breakers`,
      help: 'Whether a breaker of the route holds requests back.',
      type: 'gauge',
      samples: Object.keys(breakers).map((route) => ({ labels: { route }, value: 1 })),
    },
    gauge('connections', 'Open connections of clients.', gauges.connections),
    gauge('in_flight', 'Requests under way.', gauges.inFlight),
    gauge('queued', 'Requests that wait in the queue.', gauges.queued),
    counter('shed_total', 'Requests refused because of overload.', [{ value: gauges.shed }]),
    gauge('stale_services', 'Services whose instances may be out of date.', gauges.staleServices),
    ...(document ? documentFamilies(document) : []),
  ]
}

function documentFamilies({ problems, refused, staleSince, release }: RouteSourceState): MetricFamily[] {
  return [
    gauge('routes_problems', 'Problems of the routes in the store: 0 when they are in force.', problems.length),
    counter('routes_refused_total', 'Documents with routes that were refused.', [{ value: refused }]),
    gauge(
      'routes_stale',
      'Whether the routes may be out of date because the store is unreachable.',
      staleSince === undefined ? 0 : 1,
    ),
    gauge('routes_release', 'The release of the routes in force; 0 when unknown.', release ?? 0),
  ]
}

const prefix = 'waypost_gateway_'

function counter(name: string, help: string, samples: readonly Sample[]): MetricFamily {
  return { name: prefix + name, help, type: 'counter', samples }
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return { name: prefix + name, help, type: 'gauge', samples: [{ value }] }
}

function samplesOf(counts: Readonly<Record<string, number>>, labelsOf: (key: string) => Labels): Sample[] {
  return Object.entries(counts).map(([key, value]) => ({ labels: labelsOf(key), value }))
}
