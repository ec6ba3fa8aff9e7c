import type { KeyValue } from '@waypost/client'
import { anySignal, type CallOptions, WaitLimit, WaypostError } from '@waypost/core'
import { callOptionKinds, checkOptions } from '@waypost/core/options'
import { when } from '../barrier/when.ts'
import { type Locked, type LockOptions, lockOptionKinds } from '../lock/lock-options.ts'
import { Hold } from '../place/hold.ts'
import { lockLine } from '../place/line.ts'
import type { OpenHolds } from '../place/open-holds.ts'
import type { Places } from '../place/places.ts'
import type { Parts } from '../shared/settings.ts'

/**
 * At most `permits` holders at a time, in the order in which they came. Every process must use the same number: each
 * one decides by it whether its own place is among the first.
 */
export class Semaphore {
  readonly name: string
  readonly permits: number
  readonly #parts: Parts
  readonly #places: Places
  readonly #open: OpenHolds
  readonly #key: string

  /** @internal */
  constructor(parts: Parts, places: Places, open: OpenHolds, name: string, key: string, permits: number) {
    this.#parts = parts
    this.#places = places
    this.#open = open
    this.name = name
    this.#key = key
    this.permits = permits
  }

  /** Waits for a permit. Fails with `deadline-exceeded`, `aborted`, and `lease-not-found` as a lock does. */
  acquire(options?: LockOptions): Promise<Hold>
  /** Waits for a permit, runs `work` with it, and gives it back. */
  acquire<T>(work: Locked<T>, options?: LockOptions): Promise<T>
  async acquire<T>(first: Locked<T> | LockOptions = {}, options: LockOptions = {}): Promise<Hold | T> {
    if (typeof first !== 'function') return this.#acquire(first)
    await using permit = await this.#acquire(options)
    const result = await first(permit)
    if (permit.lost.aborted) throw permit.lost.reason
    return result
  }

  /** A permit if one is free; otherwise `undefined`, without waiting. */
  async tryAcquire(options: LockOptions = {}): Promise<Hold | undefined> {
    checkOptions('semaphore.tryAcquire', options, lockOptionKinds)
    return this.#take(options, async (token) => {
      const { kvs } = await this.#parts.etcd.kv.range({ prefix: `${this.#key}/` }, { keysOnly: true })
      return this.#isAmongFirst(token, kvs)
    })
  }

  /** How many permits are held now. */
  async held(options: CallOptions = {}): Promise<number> {
    checkOptions('semaphore.held', options, callOptionKinds)
    const { kvs } = await this.#parts.etcd.kv.range({ prefix: `${this.#key}/` }, { ...options, keysOnly: true })
    return Math.min(kvs.filter((kv) => this.#isPlace(kv)).length, this.permits)
  }

  async #acquire(options: LockOptions): Promise<Hold> {
    checkOptions('semaphore.acquire', options, lockOptionKinds)
    const failure = `No permit of the semaphore ${JSON.stringify(this.name)} was free`
    const late = (): WaypostError => new WaypostError('deadline-exceeded', `${failure} within ${options.timeoutMs} ms.`)
    using limit = new WaitLimit(options, this.#parts.clock, late)
    try {
      const permit = await this.#take({ ...options, signal: limit.signal }, async (token, signal) => {
        const isTurn = (keys: ReadonlyMap<string, KeyValue>): boolean => this.#isAmongFirst(token, keys.values())
        await when(this.#parts.etcd, `${this.#key}/`, isTurn, failure, { signal })
        return true
      })
      if (permit) return permit
      throw late()
    } catch (error) {
      throw limit.reason(error)
    }
  }

  /** Takes a place in the line and keeps it if `wait` says so. */
  async #take(
    options: LockOptions,
    wait: (token: bigint, signal: AbortSignal) => Promise<boolean>,
  ): Promise<Hold | undefined> {
    const line = lockLine(this.#key, `A permit of the semaphore ${JSON.stringify(this.name)}`)
    const place = await this.#places.join(line, this.#parts.processName, options)
    const lost = anySignal(options.signal ? [options.signal, place.lost] : [place.lost])
    try {
      if (await wait(place.token, lost)) {
        place.follow()
        const permit: Hold = new Hold([place], options.signal, () => this.#open.remove(permit))
        this.#open.add(permit)
        return permit
      }
    } catch (error) {
      await place.leave()
      place.check()
      throw error
    }
    await place.leave()
    return undefined
  }

  /** Whether the place is there and fewer than `permits` came before it. */
  #isAmongFirst(token: bigint, kvs: Iterable<KeyValue>): boolean {
    let before = 0
    let isThere = false
    for (const kv of kvs) {
      if (!this.#isPlace(kv)) continue
      if (kv.createRevision < token) before += 1
      else if (kv.createRevision === token) isThere = true
    }
    return isThere && before < this.permits
  }

  /** Semaphores with longer names are under the same prefix. */
  #isPlace({ key }: KeyValue): boolean {
    return !key.slice(this.#key.length + 1).includes('/')
  }
}
