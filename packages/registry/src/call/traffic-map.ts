import { type Clock, type Timer, throwIfAborted, WaypostError } from '@waypost/core'
import type { BalanceOptions } from '../balance/balance-options.ts'
import type { ServiceView } from '../discover/service-view.ts'
import { ServiceTraffic } from './service-traffic.ts'
import type { TrafficSettings } from './traffic-options.ts'

/** A service that nobody has called for so long is no longer followed. */
const idleMs = 10 * 60_000

/** Follows the service without waiting for its first list. */
export type Discover = (
  service: string,
  options: { readonly wait: false; readonly balance: BalanceOptions },
) => Promise<ServiceView>

export interface TrafficParts {
  readonly discover: Discover
  readonly settings: TrafficSettings
  readonly clock: Clock
  /** Called with a service that is no longer followed. */
  readonly onGone?: ((service: string) => void) | undefined
}

/** One `ServiceTraffic` per service that is called, made at the first call. */
export class TrafficMap {
  readonly #parts: TrafficParts
  readonly #ready = new Map<string, ServiceTraffic>()
  readonly #opening = new Map<string, Promise<ServiceTraffic>>()
  readonly #closing = new AbortController()
  #timer: Timer | undefined

  constructor(parts: TrafficParts) {
    this.#parts = parts
  }

  /** Without waiting, when its instances are known. */
  get(service: string): ServiceTraffic | undefined {
    return this.#ready.get(service)
  }

  /** Resolves when the first list of its instances is there. */
  open(service: string): Promise<ServiceTraffic> {
    if (this.#closing.signal.aborted) return Promise.reject(closedError())
    const ready = this.#ready.get(service)
    if (ready) return Promise.resolve(ready)
    let opening = this.#opening.get(service)
    if (opening === undefined) {
      opening = this.#open(service).finally(() => this.#opening.delete(service))
      this.#opening.set(service, opening)
    }
    return opening
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#timer?.cancel()
    await Promise.allSettled(this.#opening.values())
    await Promise.all([...this.#ready.keys()].map((service) => this.#drop(service)))
  }

  async #open(service: string): Promise<ServiceTraffic> {
    const { discover, settings, clock } = this.#parts
    const view = await discover(service, { wait: false, balance: settings.balance })
    const traffic = new ServiceTraffic(view, settings, clock)
    try {
      await traffic.ready(this.#closing.signal)
      throwIfAborted(this.#closing.signal)
    } catch (error) {
      await traffic.close()
      throw this.#closing.signal.aborted ? closedError() : error
    }
    this.#ready.set(service, traffic)
    this.#arm()
    return traffic
  }

  #arm(): void {
    this.#timer ??= this.#parts.clock.after(idleMs, () => this.#sweep(), { ref: false })
  }

  #sweep(): void {
    this.#timer = undefined
    const untilMs = this.#parts.clock.monotonicMs() - idleMs
    for (const [service, { lastUsedMs, inFlight }] of this.#ready) {
      if (lastUsedMs <= untilMs && inFlight === 0) void this.#drop(service)
    }
    if (this.#ready.size > 0) this.#arm()
  }

  async #drop(service: string): Promise<void> {
    const traffic = this.#ready.get(service)
    this.#ready.delete(service)
    this.#parts.onGone?.(service)
    await traffic?.close()
  }
}

/** The error of a call to a service after the end. */
export function closedError(): WaypostError {
  return new WaypostError('closed', 'The registry or its dispatcher has been closed.')
}
