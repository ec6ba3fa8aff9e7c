import type { EtcdClient, RangeSelector, Watch } from '@waypost/client'
import { type Clock, delay, Listeners, type Timer, WaypostError } from '@waypost/core'
import type { LiveChange, LiveSource } from '../../operation/live-source.ts'
import { bounded, topicOf } from './topic.ts'

/** What happens within this time is told as one change. */
const gatherMs = 250
/** Before a watch that the store has ended is begun again. */
const restartMs = 1_000

const everything: RangeSelector = { all: true }
/** For callers who may not read every key: whichever of these they may read. */
const folders: readonly RangeSelector[] = [{ prefix: '/services/' }, { prefix: '/config/' }, { prefix: '/waypost/' }]

/** Tells which parts of the store change, for pages that read them again. It keeps nothing of what is in them. */
export class ChangeSource implements LiveSource {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #ended = new AbortController()
  readonly #listeners = new Listeners<[change: LiveChange | 'stale']>()
  #topics = new Set<string>()
  #timer: Timer | undefined
  #revision = 0n
  #staleSince: Date | undefined

  private constructor(etcd: EtcdClient, clock: Clock) {
    this.#etcd = etcd
    this.#clock = clock
  }

  /** Fails with `permission-denied` when the caller may read none of the keys. */
  static async open(etcd: EtcdClient, clock: Clock, signal: AbortSignal): Promise<ChangeSource> {
    const source = new ChangeSource(etcd, clock)
    try {
      await source.#begin(signal)
    } catch (error) {
      await source.close()
      throw error
    }
    return source
  }

  get revision(): bigint {
    return this.#revision
  }

  get staleSince(): Date | undefined {
    return this.#staleSince
  }

  read(): object {
    return {}
  }

  onChange(listener: (change: LiveChange | 'stale') => void): () => void {
    return this.#listeners.add(listener)
  }

  async recheck(signal: AbortSignal): Promise<void> {
    await this.#etcd.kv
      .range({ prefix: '/services/' }, { limit: 1, keysOnly: true, signal })
      .catch((error: unknown) => {
        if (WaypostError.is(error) && error.code === 'unauthenticated') throw error
      })
  }

  async close(): Promise<void> {
    this.#ended.abort()
    this.#timer?.cancel()
    this.#listeners.clear()
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const whole = await this.#watch(everything, signal)
    const watches =
      whole === undefined ? await Promise.all(folders.map((range) => this.#watch(range, signal))) : [whole]
    const open = watches.filter((watch) => watch !== undefined)
    if (open.length === 0)
      throw new WaypostError('permission-denied', 'The user may read no services and no configuration.')
    for (const { watch, range } of open) void this.#follow(watch, range)
    void this.#followLink()
  }

  /** `undefined` when the caller may not read the range. */
  async #watch(range: RangeSelector, signal: AbortSignal): Promise<{ watch: Watch; range: RangeSelector } | undefined> {
    const watch = this.#etcd.watch(range, { signal: this.#ended.signal })
    const stop = (): void => void watch.close()
    signal.addEventListener('abort', stop)
    try {
      const revision = await watch.started
      if (revision > this.#revision) this.#revision = revision
      return { watch, range }
    } catch (error) {
      if (WaypostError.is(error) && error.code === 'permission-denied') return undefined
      throw error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** A watch that ends, because of a compaction or another store, is begun again, and everything counts as changed. */
  async #follow(first: Watch, range: RangeSelector): Promise<void> {
    let watch = first
    while (!this.#ended.signal.aborted) {
      try {
        for await (const { events, revision } of watch) {
          for (const { key } of events) this.#topics.add(topicOf(key))
          this.#gather(revision)
        }
      } catch {
        if (this.#ended.signal.aborted) return
        this.#topics.add('*')
        this.#gather(this.#revision)
      }
      await delay(restartMs, { clock: this.#clock, signal: this.#ended.signal }).catch(() => undefined)
      watch = this.#etcd.watch(range, { signal: this.#ended.signal })
    }
  }

  async #followLink(): Promise<void> {
    try {
      for await (const { state, since } of this.#etcd.status()) {
        if (this.#ended.signal.aborted) return
        this.#setStale(state === 'ready' ? undefined : (this.#staleSince ?? since))
      }
    } catch {
      // The client is closed: so is this.
    }
  }

  #setStale(since: Date | undefined): void {
    if (this.#staleSince === since) return
    this.#staleSince = since
    this.#listeners.tell('stale')
  }

  #gather(revision: bigint): void {
    if (revision > this.#revision) this.#revision = revision
    this.#timer ??= this.#clock.after(gatherMs, () => this.#tell(), { ref: false })
  }

  #tell(): void {
    this.#timer = undefined
    if (this.#topics.size === 0) return
    const topics = bounded(this.#topics)
    this.#topics = new Set()
    this.#listeners.tell({ revision: this.#revision, data: { topics } })
  }
}
