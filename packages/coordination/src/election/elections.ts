import { presenceOptionKinds } from '@waypost/client'
import { type CallOptions, onAbort, WaitLimit, WaypostError } from '@waypost/core'
import { abortSignal, callOptionKinds, checkOptions, functionKind, type OptionKinds, text } from '@waypost/core/options'
import { lockLine } from '../place/line.ts'
import { OpenHolds } from '../place/open-holds.ts'
import type { Places } from '../place/places.ts'
import { checkPath } from '../shared/names.ts'
import type { Parts } from '../shared/settings.ts'
import { firstOf, type Leader, leaderOf } from './leader.ts'
import { Leadership } from './leadership.ts'
import { observe } from './observe.ts'

export interface ElectOptions extends CallOptions {
  /** What observers see of the leader. Default: the name of the process. */
  readonly value?: string | undefined
  /** How long to stand for election, in milliseconds; then it fails with `deadline-exceeded`. Default: without limit. */
  readonly timeoutMs?: number | undefined
  /** Ends the candidacy. Once elected, fires the `signal` of the leadership. */
  readonly signal?: AbortSignal | undefined
  /** How long the lead outlives a process that dies, in whole seconds, at least 2. Default 10. */
  readonly ttlSeconds?: number | undefined
}

export interface LeadOptions extends Omit<ElectOptions, 'timeoutMs'> {
  /** Called when the lead was lost and this process stands for election again. */
  readonly onLost?: ((reason: unknown) => void) | undefined
}

const electOptionKinds: OptionKinds<ElectOptions> = {
  ...callOptionKinds,
  value: text,
  ttlSeconds: presenceOptionKinds.ttlSeconds,
}

const leadOptionKinds: OptionKinds<LeadOptions> = {
  value: text,
  ttlSeconds: presenceOptionKinds.ttlSeconds,
  signal: abortSignal,
  onLost: functionKind<(reason: unknown) => void>(),
}

/** What runs while this process leads. */
export type Leading<T> = (leadership: Leadership) => T | Promise<T>

/** Takes part in elections. */
export class Elections {
  readonly #parts: Parts
  readonly #places: Places
  readonly #open = new OpenHolds()
  /** Fires when the process drains: nobody stands for election any more. */
  readonly #drained = new AbortController()

  constructor(parts: Parts, places: Places) {
    this.#parts = parts
    this.#places = places
  }

  async elect(name: string, options: ElectOptions): Promise<Leadership> {
    checkOptions('elect', options, electOptionKinds)
    return this.#elect(name, options)
  }

  async #elect(name: string, options: ElectOptions): Promise<Leadership> {
    const { value = this.#parts.processName, ttlSeconds, timeoutMs } = options
    const title = `The election ${JSON.stringify(checkPath(name, 'election'))}`
    if (this.#drained.signal.aborted) throw drained()
    using limit = new WaitLimit(
      { signal: options.signal, timeoutMs },
      this.#parts.clock,
      () => new WaypostError('deadline-exceeded', `${title} was not won within ${timeoutMs} ms.`),
    )
    const waiting = new AbortController()
    const releases = [limit.signal, this.#drained.signal].map((signal) => onAbort(signal, () => waiting.abort()))
    const line = lockLine(name, title)
    try {
      const place = await this.#places.join(line, value, { ttlSeconds, signal: waiting.signal })
      try {
        await place.turn(waiting.signal)
        if (waiting.signal.aborted) throw drained()
      } catch (error) {
        await place.leave()
        throw error
      }
      const leadership: Leadership = new Leadership(this.#parts, name, place, value, options.signal, () =>
        this.#open.remove(leadership),
      )
      this.#open.add(leadership)
      return leadership
    } catch (error) {
      throw this.#drained.signal.aborted ? drained() : limit.reason(error)
    } finally {
      for (const release of releases) release()
    }
  }

  /** See `Coordination.lead`. */
  async lead<T>(name: string, work: Leading<T>, options: LeadOptions): Promise<T> {
    checkOptions('lead', options, leadOptionKinds)
    for (;;) {
      await using leadership = await this.#elect(name, options)
      try {
        const result = await work(leadership)
        if (!leadership.lost.aborted) return result
      } catch (error) {
        if (!leadership.lost.aborted || options.signal?.aborted) throw error
      }
      options.onLost?.(leadership.lost.reason)
    }
  }

  async leader(name: string, options: CallOptions): Promise<Leader | undefined> {
    const prefix = `${checkPath(name, 'election')}/`
    const sort = { by: 'createRevision', order: 'ascending' } as const
    for (let limit: number | undefined = 1; ; limit = undefined) {
      const { kvs, more } = await this.#parts.etcd.kv.range({ prefix }, { ...options, sort, limit })
      const first = firstOf(prefix, kvs)
      if (first || !more || limit === undefined) return first && leaderOf(first)
    }
  }

  observe(name: string, options: CallOptions): AsyncIterableIterator<Leader | undefined> {
    return observe(this.#parts.etcd, checkPath(name, 'election'), options)
  }

  /** Hands every lead over, and stands for no election any more. */
  async drain(): Promise<void> {
    this.#drained.abort()
    await this.#open.release()
  }

  close(): Promise<void> {
    return this.drain()
  }
}

function drained(): WaypostError {
  return new WaypostError('closed', 'This process is draining: it does not take part in elections.')
}
