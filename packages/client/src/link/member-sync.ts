import { type Clock, messageOf, type Timer } from '@waypost/core'
import type { EtcdLogger } from '../telemetry/logger.ts'
import { parseEndpoints } from './endpoints.ts'
import type { Link } from './link.ts'

/** What a member of the cluster says of itself. */
export interface AdvertisedMember {
  /** Empty until the member has started. */
  readonly name: string
  readonly clientUrls: readonly string[]
  readonly isLearner: boolean
}

export interface MemberSyncOptions {
  readonly link: Link
  readonly intervalMs: number
  /** The endpoints that the user gave: tried when no member can be reached. */
  readonly given: readonly string[]
  readonly clock: Clock
  readonly logger: EtcdLogger | undefined
  members(): Promise<readonly AdvertisedMember[]>
  apply(endpoints: readonly string[], lastResort: readonly string[]): void
}

/** Keeps the endpoints those of the cluster's members, while the client is connected: at once, then now and then. */
export class MemberSync {
  readonly #options: MemberSyncOptions
  #timer: Timer | undefined
  #isAsking = false
  #isDue = true
  #closed = false

  constructor(options: MemberSyncOptions) {
    this.#options = options
    options.link.onReady(() => this.#ask())
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
  }

  #ask(): void {
    // When the client is not connected, it stays due until it is: this alone is no reason to connect.
    if (!this.#isDue || this.#isAsking || this.#closed || this.#options.link.current === undefined) return
    this.#isAsking = true
    this.#options
      .members()
      .then(
        (members) => this.#apply(members),
        (error: unknown) => this.#options.logger?.debug(`the members could not be listed: ${messageOf(error)}`),
      )
      .finally(() => {
        this.#isAsking = false
        this.#isDue = false
        if (!this.#closed) this.#arm()
      })
  }

  #arm(): void {
    const { clock, intervalMs } = this.#options
    this.#timer = clock.after(
      intervalMs,
      () => {
        this.#isDue = true
        this.#ask()
      },
      { ref: false },
    )
  }

  #apply(members: readonly AdvertisedMember[]): void {
    const { link, given, logger } = this.#options
    if (this.#closed) return
    const endpoints = endpointsOf(members, given)
    const isSame = endpoints.length === link.endpoints.length && endpoints.every((url) => link.endpoints.includes(url))
    if (endpoints.length === 0 || isSame) return
    logger?.debug(`the cluster's members are at ${endpoints.join(', ')}`)
    this.#options.apply(endpoints, given)
  }
}

/**
 * Where clients reach the members: not those that have not started, nor learners, which serve few requests. Who was
 * given TLS only stays with TLS, so that no password goes out in the clear because a member advertises `http:`.
 */
export function endpointsOf(members: readonly AdvertisedMember[], given: readonly string[]): readonly string[] {
  const scheme = given.every((url) => url.startsWith('https:')) ? /^https:\/\// : /^https?:\/\//
  const urls = members
    .filter(({ name, isLearner }) => name !== '' && !isLearner)
    .flatMap(({ clientUrls }) => clientUrls)
    // A member that advertises every address says nothing about where it is; `unix:` is not reached from here.
    .filter((url) => scheme.test(url) && !/\/\/(0\.0\.0\.0|\[::\])(:|$)/.test(url))
  return urls.length === 0 ? [] : parseEndpoints(urls, false)
}
