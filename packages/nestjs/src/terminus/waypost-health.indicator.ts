import type { HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus'
import { systemClock } from '@waypost/core'
import type { Waypost } from 'waypost'
import type { Registrar } from '../register/registrar.ts'

export interface WaypostHealthOptions {
  /**
   * How long the store may be away until the check says `down`, in milliseconds. Default never: the application goes on
   * with what it knew last, and restarting it would not bring the store back.
   */
  readonly downAfterMs?: number | undefined
  /** How long the store may take to say how old the lease is, in milliseconds. Default 1,000. */
  readonly timeoutMs?: number | undefined
}

const defaultLeaseTimeoutMs = 1_000

/** Tells Terminus whether the store answers, since when it has not, and how the registration is. */
export class WaypostHealthIndicator {
  readonly #indicators: HealthIndicatorService
  readonly #waypost: Waypost
  readonly #registrar: Registrar | undefined

  /** @internal Made by `WaypostHealthModule`. */
  constructor(indicators: HealthIndicatorService, waypost: Waypost, registrar: Registrar | undefined) {
    this.#indicators = indicators
    this.#waypost = waypost
    this.#registrar = registrar
  }

  /**
   * `connected`, `endpoint`, `staleSince` while the store is away, and for a registered application `registration` and
   * `leaseAgeSeconds`, the time since the store renewed its lease. `down` while the application leaves, so that no
   * traffic is sent there.
   */
  async check<const Key extends string>(
    key: Key,
    options: WaypostHealthOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    const { downAfterMs = Number.POSITIVE_INFINITY, timeoutMs = defaultLeaseTimeoutMs } = options
    const leaseAgeSeconds = await this.#leaseAgeSeconds(timeoutMs)
    const { state, endpoint, since, error } = this.#waypost.etcd.state
    const staleSince = state === 'connecting' ? since : undefined
    const report = {
      connected: state === 'ready',
      endpoint,
      ...(staleSince && { staleSince: staleSince.toISOString(), why: error?.message }),
      ...(this.#registrar && { registration: this.#registrar.registration?.state ?? 'unregistered', leaseAgeSeconds }),
    }
    const indicator = this.#indicators.check(key)
    const isTooStale = staleSince !== undefined && systemClock.epochMs() - staleSince.getTime() >= downAfterMs
    return isTooStale || this.#registrar?.isLeaving ? indicator.down(report) : indicator.up(report)
  }

  /** Asking the store also makes a link that has been idle say whether it works. */
  async #leaseAgeSeconds(timeoutMs: number): Promise<number | undefined> {
    const { etcd } = this.#waypost
    try {
      const lease = this.#registrar?.registration?.lease
      if (lease === undefined) {
        await etcd.maintenance.status({ timeoutMs })
        return undefined
      }
      const { ttlSeconds, grantedTtlSeconds } = await etcd.leases.timeToLive(lease, { timeoutMs })
      return ttlSeconds < 0 ? undefined : grantedTtlSeconds - ttlSeconds
    } catch {
      // That the store does not answer is what `state` says.
      return undefined
    }
  }
}
