import { del, type EtcdClient, type Presence, put } from '@waypost/client'
import { Backoff, type Clock, delay, WaypostError } from '@waypost/core'
import { subscriberKey } from '../record/keys.ts'
import { formatSubscriber, type Seen } from './subscriber.ts'

/**
 * `pending`: the store does not know yet that this process follows the service. `confirming`: it does, and whoever
 * drains waits for it. `read-only`: this process may not write that; who drains cannot wait for it.
 */
export type SubscriptionState = 'pending' | 'confirming' | 'read-only'

interface Subscription {
  readonly seen: () => Seen
  readonly since: string
  state: SubscriptionState
}

export interface SubscriptionsParts {
  readonly etcd: EtcdClient
  readonly presence: Presence
  readonly clock: Clock
  readonly random: () => number
  readonly app: string | undefined
}

/** The most operations that etcd takes in a transaction, by default, is 128. */
const maxBatch = 100

/**
 * Says in the store which services this process follows, and up to where it has seen them, on the process's lease.
 * A service is written when it is first followed, and when somebody in it is leaving: not for every event. Whatever
 * comes due while a write is under way is part of the next.
 */
export class Subscriptions {
  readonly #parts: SubscriptionsParts
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #due = new Set<string>()
  readonly #ending = new AbortController()
  readonly #stopListening: () => void
  /** Whether this holds on to the presence: as long as there is a subscription. */
  #holds = false
  #writing: Promise<void> | undefined

  constructor(parts: SubscriptionsParts) {
    this.#parts = parts
    this.#stopListening = parts.presence.onChange((event) => {
      if (event === 'lost') this.#onLost()
      else this.#onRestored()
    })
  }

  join(service: string, seen: () => Seen): void {
    if (this.#ending.signal.aborted) return
    const since = new Date(this.#parts.clock.epochMs()).toISOString()
    this.#subscriptions.set(service, { seen, since, state: 'pending' })
    this.#write(service)
  }

  stateOf(service: string): SubscriptionState | undefined {
    return this.#subscriptions.get(service)?.state
  }

  /** Something was seen that somebody waits for. */
  confirm(service: string): void {
    if (this.#subscriptions.get(service)?.state !== 'read-only') this.#write(service)
  }

  leave(service: string): void {
    if (this.#subscriptions.delete(service)) this.#write(service)
  }

  /** Takes the records away: nobody is to wait for who does not follow any more. */
  async close(): Promise<void> {
    this.#ending.abort()
    this.#stopListening()
    // What is written after the records were taken away would stay.
    await this.#writing
    await this.#release()
  }

  #write(service: string): void {
    if (this.#ending.signal.aborted) return
    this.#due.add(service)
    this.#writing ??= this.#writeDue().finally(() => {
      this.#writing = undefined
      const [next] = this.#due
      if (next !== undefined) this.#write(next)
    })
  }

  /** Never rejects. */
  async #writeDue(): Promise<void> {
    const { clock, random } = this.#parts
    const { signal } = this.#ending
    const backoff = new Backoff({ initialMs: 100, maxMs: 10_000, random })
    // Confirmations of the same turn share the write.
    await Promise.resolve()
    while (this.#due.size > 0 && !signal.aborted) {
      const services = [...this.#due].slice(0, maxBatch)
      for (const service of services) this.#due.delete(service)
      try {
        await this.#put(services)
        backoff.reset()
      } catch (error) {
        if (WaypostError.is(error, 'closed')) {
          this.#due.clear()
          return
        }
        if (WaypostError.is(error, 'permission-denied')) await this.#putOneByOne(services)
        else {
          for (const service of services) this.#due.add(service)
          await delay(backoff.nextMs(), { clock, signal, ref: false }).catch(() => {})
        }
      }
    }
    if (this.#subscriptions.size === 0) await this.#release()
  }

  /** One that may not be written must not keep the others from it. */
  async #putOneByOne(services: readonly string[]): Promise<void> {
    for (const service of services) {
      try {
        await this.#put([service])
      } catch (error) {
        const subscription = this.#subscriptions.get(service)
        if (subscription && WaypostError.is(error, 'permission-denied')) subscription.state = 'read-only'
        else if (!WaypostError.is(error, 'permission-denied')) this.#due.add(service)
      }
    }
  }

  async #put(services: readonly string[]): Promise<void> {
    const { etcd, presence } = this.#parts
    if (!this.#holds) {
      this.#holds = true
      presence.hold()
    }
    const lease = await presence.lease()
    const operations = services.map((service) => {
      const subscription = this.#subscriptions.get(service)
      const key = subscriberKey(service, this.#parts.etcd.identity.process)
      return subscription ? put(key, this.#recordOf(subscription), { lease: lease.id }) : del(key)
    })
    try {
      await etcd
        .txn()
        .do(...operations)
        .commit()
    } catch (error) {
      if (WaypostError.is(error, 'lease-not-found')) await presence.discard(lease)
      throw error
    }
    for (const service of services) {
      const subscription = this.#subscriptions.get(service)
      if (lease.lost.aborted) this.#due.add(service)
      else if (subscription) subscription.state = 'confirming'
    }
  }

  #onLost(): void {
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.state === 'confirming') subscription.state = 'pending'
    }
  }

  #onRestored(): void {
    for (const [service, { state }] of this.#subscriptions) if (state === 'pending') this.#write(service)
  }

  #recordOf({ seen, since }: Subscription): string {
    return formatSubscriber({
      ...this.#parts.etcd.identity,
      app: this.#parts.app,
      since,
      seen: seen(),
    })
  }

  async #release(): Promise<void> {
    if (!this.#holds) return
    this.#holds = false
    const written = [...this.#subscriptions].flatMap(([service, { state }]) => (state === 'read-only' ? [] : service))
    const services = new Set([...written, ...this.#due])
    await this.#parts.presence.release(
      [...services].map((service) => subscriberKey(service, this.#parts.etcd.identity.process)),
    )
  }
}
