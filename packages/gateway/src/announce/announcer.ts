import { type EtcdClient, put } from '@waypost/client'
import { type Clock, delay, messageOf, systemClock } from '@waypost/core'
import {
  checkOptions,
  functionKind,
  type OptionKinds,
  positiveNumber,
  required,
  text,
  withMethods,
} from '@waypost/core/options'
import { latencyQuantileMs } from '../metrics/latency-quantile.ts'
import type { RouteSourceState } from '../source/route-source.ts'
import {
  type AnnouncedInstance,
  type AnnouncedRoute,
  announcementKey,
  type GatewayAnnouncement,
} from './announcement.ts'

/** What is counted of a gateway since it started. */
export interface AnnouncedCounts {
  readonly inFlight: number
  readonly connections: number
  readonly document: RouteSourceState
  readonly routes: readonly (Pick<AnnouncedRoute, 'name' | 'kind' | 'services' | 'policies' | 'breaker'> & {
    readonly requests: number
    readonly errors: number
    /** A histogram, as `GatewayCounts` has it. */
    readonly latency: readonly number[]
  })[]
  readonly instances: readonly (Pick<AnnouncedInstance, 'service' | 'instance' | 'address' | 'status'> & {
    readonly requests: number
    readonly failures: number
    readonly latency: readonly number[]
  })[]
}

export interface AnnouncerOptions {
  readonly etcd: EtcdClient
  readonly read: () => AnnouncedCounts | Promise<AnnouncedCounts>
  readonly zone?: string | undefined
  /** How often the figures are written, in milliseconds. Default 5,000. */
  readonly everyMs?: number | undefined
  readonly onNotice: (message: string) => void
  readonly clock?: Clock | undefined
}

const announcerOptionKinds: OptionKinds<AnnouncerOptions> = {
  etcd: required(withMethods('a client of the store', ['presence'])),
  read: required(functionKind<AnnouncerOptions['read']>()),
  zone: text,
  everyMs: positiveNumber('milliseconds'),
  onNotice: required(functionKind<(message: string) => void>()),
  clock: withMethods('a clock', ['monotonicMs', 'epochMs', 'after']),
}

/** A value in the store stays small, however many routes and instances there are. */
const maxListed = 200

/** Publishes what a gateway is doing on the lease of its process, until it is closed. The store may be away meanwhile. */
export class Announcer {
  readonly #options: AnnouncerOptions
  readonly #clock: Clock
  readonly #closing = new AbortController()
  readonly #startedAt: string
  readonly #done: Promise<void>
  #before: { readonly counts: AnnouncedCounts; readonly atMs: number } | undefined

  constructor(options: AnnouncerOptions) {
    checkOptions('Announcer', options, announcerOptionKinds)
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#startedAt = new Date(this.#clock.epochMs()).toISOString()
    this.#done = this.#run()
  }

  /** Takes the value out of the store. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#done
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { etcd, everyMs = 5_000, onNotice } = this.#options
    const { signal } = this.#closing
    const presence = etcd.presence()
    const key = announcementKey(etcd.identity.process)
    let isTold = false
    presence.hold()
    while (!signal.aborted) {
      try {
        const lease = await presence.lease()
        await etcd
          .txn()
          .do(put(key, JSON.stringify(await this.#announcement()), { lease: lease.id }))
          .commit({ signal })
        isTold = false
      } catch (error) {
        if (!signal.aborted && !isTold) onNotice(`The gateway's figures are not published: ${messageOf(error)}`)
        isTold = true
      }
      await delay(everyMs, { clock: this.#clock, signal, ref: false }).catch(() => {})
    }
    await presence.release([key])
  }

  async #announcement(): Promise<GatewayAnnouncement> {
    const { etcd, read, zone } = this.#options
    const counts = await read()
    const atMs = this.#clock.monotonicMs()
    const seconds = this.#before === undefined ? 0 : (atMs - this.#before.atMs) / 1_000
    const before = this.#before?.counts
    const rate = (now: number, then: number | undefined): number =>
      then === undefined || seconds <= 0 ? 0 : Math.round(Math.max(0, ((now - then) / seconds) * 10)) / 10
    const knownRoutes = new Map(before?.routes.map((route) => [route.name, route]))
    const routes = counts.routes.map(({ requests, errors, latency, ...route }): AnnouncedRoute => {
      const known = knownRoutes.get(route.name)
      return {
        ...route,
        requestsPerSecond: rate(requests, known?.requests),
        errorsPerSecond: rate(errors, known?.errors),
        ...quantiles(known?.latency, latency),
      }
    })
    const idOf = ({ service, instance }: { service: string; instance: string }): string => `${service}/${instance}`
    const knownInstances = new Map(before?.instances.map((instance) => [idOf(instance), instance]))
    const instances = counts.instances.map(({ requests, failures, latency, ...instance }): AnnouncedInstance => {
      const known = knownInstances.get(idOf(instance))
      return {
        ...instance,
        requestsPerSecond: rate(requests, known?.requests),
        failuresPerSecond: rate(failures, known?.failures),
        ...quantiles(known?.latency, latency),
      }
    })
    this.#before = { counts, atMs }
    const { process, instance, host, pid } = etcd.identity
    const { path, revision, release, staleSince, problems } = counts.document
    return {
      process,
      instance,
      host,
      pid,
      zone,
      startedAt: this.#startedAt,
      at: new Date(this.#clock.epochMs()).toISOString(),
      document: { path, revision, release, staleSince, problems: problems.slice(0, 20) },
      inFlight: counts.inFlight,
      connections: counts.connections,
      routes: routes.toSorted((a, b) => b.requestsPerSecond - a.requestsPerSecond).slice(0, maxListed),
      routeCount: routes.length,
      instances: instances.toSorted((a, b) => b.requestsPerSecond - a.requestsPerSecond).slice(0, maxListed),
    }
  }
}

/** Of what came since the last look; nothing when there was none, or no request. */
function quantiles(
  before: readonly number[] | undefined,
  now: readonly number[],
): { readonly p50Ms?: number; readonly p99Ms?: number } {
  const of = (share: number): number | undefined => latencyQuantileMs(before, now, share)
  const [p50, p99] = [of(0.5), of(0.99)]
  if (before === undefined || p50 === undefined || p99 === undefined) return {}
  const rounded = (ms: number): number => Math.round(ms * 10) / 10
  return { p50Ms: rounded(p50), p99Ms: rounded(p99) }
}
