import { type Clock, MergingSlot, type WaypostError } from '@waypost/core'
import type { LinkState, LinkStatus } from './status.ts'

/** The state of the link, for those who ask and those who follow it. */
export class StatusBoard {
  readonly #clock: Clock
  readonly #followers = new Set<MergingSlot<LinkStatus>>()
  #current: LinkStatus
  #ended = false

  constructor(clock: Clock) {
    this.#clock = clock
    this.#current = this.#status('idle', undefined, undefined)
  }

  get current(): LinkStatus {
    return this.#current
  }

  set(state: LinkState, endpoint: string | undefined, error: WaypostError | undefined): void {
    this.#current = this.#status(state, endpoint, error)
    for (const follower of this.#followers) follower.push(this.#current)
  }

  /** The status now and whenever it changes; who is slow gets the newest. */
  follow(): AsyncIterableIterator<LinkStatus> {
    const follower: MergingSlot<LinkStatus> = new MergingSlot((_waiting, next) => next, {
      onReturn: () => this.#followers.delete(follower),
    })
    follower.push(this.#current)
    if (this.#ended) follower.end()
    else this.#followers.add(follower)
    return follower
  }

  /** No other status follows. */
  end(): void {
    this.#ended = true
    for (const follower of this.#followers) follower.end()
    this.#followers.clear()
  }

  #status(state: LinkState, endpoint: string | undefined, error: WaypostError | undefined): LinkStatus {
    return Object.freeze({ state, endpoint, since: new Date(this.#clock.epochMs()), error })
  }
}
