import { type Clock, type Timer, WaypostError } from '@waypost/core'
import { type ServiceView, servicePrefix } from '@waypost/registry'
import type { Login } from '../caller/caller.ts'

/** How long a service that nobody asks for is followed, and how often the store is asked whether it may still be read. */
const idleMs = 30_000
const recheckMs = 10_000
const maxServices = 1_000

interface Entry {
  readonly view: Promise<ServiceView>
  usedMs: number
  checkedMs: number
}

/** The services that one login asks for again and again: followed, so that asking costs the store nothing. */
export class KeptServices {
  readonly #login: Login
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()
  #sweep: Timer | undefined

  constructor(login: Login, clock: Clock) {
    this.#login = login
    this.#clock = clock
  }

  /** Fails with `permission-denied`, also for a service that could be read before, and as the client does. */
  async view(service: string, algorithm: 'round-robin' | 'rendezvous', signal: AbortSignal): Promise<ServiceView> {
    const nowMs = this.#clock.monotonicMs()
    const key = `${algorithm} ${service}`
    const entry = this.#entries.get(key) ?? this.#open(key, service, algorithm, signal)
    // The one that was used last stands last.
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    entry.usedMs = nowMs
    try {
      const view = await entry.view
      if (nowMs - entry.checkedMs < recheckMs) return view
      entry.checkedMs = nowMs
      await this.#login.etcd.kv.range({ prefix: servicePrefix(service) }, { limit: 1, keysOnly: true, signal })
      return view
    } catch (error) {
      // A store that is away does not take rights away, and what was known last is still known.
      const isRefused = WaypostError.is(error, 'permission-denied') || WaypostError.is(error, 'unauthenticated')
      const known = isRefused ? undefined : await entry.view.catch(() => undefined)
      if (known !== undefined) return known
      this.#drop(key, entry)
      throw error
    }
  }

  #open(key: string, service: string, algorithm: 'round-robin' | 'rendezvous', signal: AbortSignal): Entry {
    if (this.#entries.size >= maxServices) {
      for (const [oldest, entry] of this.#entries) {
        this.#drop(oldest, entry)
        break
      }
    }
    const view = this.#login.registry.discover(service, { subscribe: false, balance: { algorithm }, signal })
    const nowMs = this.#clock.monotonicMs()
    const entry: Entry = { view, usedMs: nowMs, checkedMs: nowMs }
    this.#entries.set(key, entry)
    if (this.#sweep === undefined) this.#sweepLater()
    return entry
  }

  #sweepLater(): void {
    this.#sweep = this.#clock.after(
      idleMs,
      () => {
        this.#sweep = undefined
        const limitMs = this.#clock.monotonicMs() - idleMs
        for (const [key, entry] of this.#entries) if (entry.usedMs <= limitMs) this.#drop(key, entry)
        if (this.#entries.size > 0) this.#sweepLater()
      },
      { ref: false },
    )
  }

  #drop(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key)
    entry.view.then((view) => view.close()).catch(() => {})
  }
}
