import type { EtcdClient } from '@waypost/client'
import type { Coordination, Leadership } from '@waypost/coordination'
import { Backoff, type Clock, delay, systemClock } from '@waypost/core'
import { record } from './recording.ts'
import { defaultTimelineRetention, type TimelineRetention } from './retention.ts'
import { recorderElection } from './timeline-keys.ts'

export interface RecorderOptions {
  readonly retention?: Partial<TimelineRetention> | undefined
  /** How long events may wait for others, to be written together, in milliseconds. Default 50. */
  readonly lingerMs?: number | undefined
  /** How long the lead outlives a recorder that dies, in whole seconds. Default 5. */
  readonly ttlSeconds?: number | undefined
  readonly clock?: Clock | undefined
  /** Called with each failure; the recorder tries again. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** What a recorder does at present. */
export type RecorderState = 'waiting' | 'recording' | 'failing' | 'closed'

/**
 * Records the timeline, one process at a time: the leader of an election. Its lead is a condition of every write, so
 * one that was thought dead and comes back writes nothing.
 */
export class TimelineRecorder implements AsyncDisposable {
  readonly #ended = new AbortController()
  readonly #running: Promise<void>
  readonly #clock: Clock
  readonly #onError: (error: unknown) => void
  #state: RecorderState = 'waiting'
  #recordedUpTo: bigint | undefined
  #lastError: unknown

  constructor(etcd: EtcdClient, coordination: Coordination, options: RecorderOptions = {}) {
    const { clock = systemClock, lingerMs = 50, ttlSeconds = 5, onError = () => undefined } = options
    const retention = { ...defaultTimelineRetention, ...options.retention }
    const backoff = new Backoff({ initialMs: 200, maxMs: 10_000 })
    this.#clock = clock
    this.#onError = onError
    const parts = {
      etcd,
      clock,
      retention,
      lingerMs,
      onPosition: (revision: bigint) => {
        this.#state = 'recording'
        this.#recordedUpTo = revision
        this.#lastError = undefined
        backoff.reset()
      },
    }
    this.#running = this.#run(coordination, { ttlSeconds, backoff }, (leadership) => record(parts, leadership))
  }

  get state(): RecorderState {
    return this.#state
  }

  /** Up to where this process has recorded everything; `undefined` while another one records. */
  get recordedUpTo(): bigint | undefined {
    return this.#recordedUpTo
  }

  /** Why the last attempt failed, until one succeeds. */
  get lastError(): unknown {
    return this.#lastError
  }

  /** Stops, and hands the lead to the next hub. Idempotent. */
  async close(): Promise<void> {
    this.#ended.abort()
    await this.#running
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #run(
    coordination: Coordination,
    { ttlSeconds, backoff }: { readonly ttlSeconds: number; readonly backoff: Backoff },
    work: (leadership: Leadership) => Promise<never>,
  ): Promise<void> {
    const { signal } = this.#ended
    while (!signal.aborted) {
      try {
        await using leadership = await coordination.elect(recorderElection, { signal, ttlSeconds })
        await work(leadership)
      } catch (error) {
        this.#recordedUpTo = undefined
        if (signal.aborted) break
        this.#state = 'failing'
        this.#lastError = error
        this.#onError(error)
        await delay(backoff.nextMs(), { signal, clock: this.#clock, ref: false }).catch(() => undefined)
        this.#state = 'waiting'
      }
    }
    this.#state = 'closed'
  }
}
