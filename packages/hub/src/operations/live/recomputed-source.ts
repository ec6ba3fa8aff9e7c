import type { EtcdClient, RangeSelector } from '@waypost/client'
import { anySignal, type Clock, delay, Listeners, WaypostError } from '@waypost/core'
import type { LiveChange, LiveSource } from '../../operation/live-source.ts'

export interface RecomputedParts {
  readonly etcd: EtcdClient
  readonly clock: Clock
  /** The state depends on these keys and on no others. */
  readonly ranges: readonly RangeSelector[]
  /** Reads the state, with the caller's rights. */
  read(signal: AbortSignal): Promise<object>
}

/** The first change is read at once; those that follow closely are read together. */
const pauseMs = 50
const readTimeoutMs = 10_000

/**
 * Follows a state that is read again when one of its keys has changed. For states that are small and cheap to read:
 * each change carries all of it. The revision rises only when the state is another one.
 */
export async function followRecomputed(parts: RecomputedParts, signal: AbortSignal): Promise<LiveSource> {
  const source = new RecomputedSource(parts)
  try {
    await source.open(signal)
    return source
  } catch (error) {
    await source.close()
    throw error
  }
}

class RecomputedSource implements LiveSource {
  readonly #parts: RecomputedParts
  readonly #listeners = new Listeners<[LiveChange | 'stale']>()
  readonly #ended = new AbortController()
  #state: object = {}
  #text = ''
  #revision = 0n
  #newest = 0n
  #staleSince: Date | undefined
  #reading: Promise<void> | undefined

  constructor(parts: RecomputedParts) {
    this.#parts = parts
  }

  get revision(): bigint {
    return this.#revision
  }

  get staleSince(): Date | undefined {
    return this.#staleSince
  }

  read(): object {
    return this.#state
  }

  onChange(listener: (change: LiveChange | 'stale') => void): () => void {
    return this.#listeners.add(listener)
  }

  async recheck(signal: AbortSignal): Promise<void> {
    await this.#parts.read(signal)
  }

  async close(): Promise<void> {
    this.#ended.abort()
    await this.#reading
  }

  async open(signal: AbortSignal): Promise<void> {
    const revision = await this.#present(signal)
    this.#take(await this.#parts.read(signal), revision)
    for (const range of this.#parts.ranges) void this.#follow(range, revision + 1n)
    void this.#followLink()
  }

  /** What is read after this is as of this revision or a later one. */
  async #present(signal: AbortSignal): Promise<bigint> {
    const [range = { key: '/' }] = this.#parts.ranges
    return (await this.#parts.etcd.kv.range(range, { limit: 1, keysOnly: true, signal })).revision
  }

  async #follow(range: RangeSelector, startRevision: bigint): Promise<void> {
    const { etcd, clock } = this.#parts
    const { signal } = this.#ended
    let from = startRevision
    while (!signal.aborted) {
      try {
        for await (const { revision } of etcd.watch(range, { startRevision: from, signal })) {
          from = revision + 1n
          this.#changed(revision)
        }
        return
      } catch (error) {
        if (signal.aborted) return
        // The caller may not read it any more: the next recheck ends the view.
        if (WaypostError.is(error, 'permission-denied') || WaypostError.is(error, 'unauthenticated')) return
        await delay(1_000, { signal, clock }).catch(() => {})
        from = await this.#present(signal).catch(() => from)
        this.#changed(from)
        from += 1n
      }
    }
  }

  #changed(revision: bigint): void {
    if (revision > this.#newest) this.#newest = revision
    this.#reading ??= this.#readAgain().finally(() => {
      this.#reading = undefined
      if (this.#newest > this.#read && !this.#ended.signal.aborted) this.#changed(this.#newest)
    })
  }

  /** The newest change that a read has seen. */
  #read = 0n

  async #readAgain(): Promise<void> {
    const { clock, read } = this.#parts
    const { signal } = this.#ended
    const revision = this.#newest
    this.#read = revision
    try {
      this.#take(await read(anySignal([signal, AbortSignal.timeout(readTimeoutMs)])), revision)
    } catch {
      // What was known stays. The next change, or the recheck, tells more.
    }
    if (!signal.aborted) await delay(pauseMs, { signal, clock }).catch(() => {})
  }

  #take(state: object, revision: bigint): void {
    const text = JSON.stringify(state)
    if (text === this.#text) return
    this.#state = state
    this.#text = text
    this.#revision = revision > this.#revision ? revision : this.#revision + 1n
    this.#listeners.tell({ revision: this.#revision, data: { revision: String(this.#revision), ...state } })
  }

  async #followLink(): Promise<void> {
    const statuses = this.#parts.etcd.status()
    this.#ended.signal.addEventListener('abort', () => void statuses.return?.(), { once: true })
    for await (const { state } of statuses) {
      if (this.#ended.signal.aborted) return
      const isStale = state === 'connecting'
      if (isStale === (this.#staleSince !== undefined)) continue
      this.#staleSince = isStale ? new Date(this.#parts.clock.epochMs()) : undefined
      this.#listeners.tell('stale')
    }
  }
}
