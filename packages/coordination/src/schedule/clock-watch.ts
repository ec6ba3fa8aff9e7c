import { type Cache, put } from '@waypost/client'
import { delay } from '@waypost/core'
import type { Leadership } from '../election/leadership.ts'
import { readRecord } from '../queue/records.ts'
import type { Parts } from '../shared/settings.ts'
import type { ScheduleKeys } from './schedule-keys.ts'

/** Clocks that differ by more than this are told of. */
export const notableSkewMs = 1_000

/** What a process says of its clock. */
export interface ClockRecord {
  readonly process: string
  readonly atMs: number
}

/** What the leader says of itself and of the clocks of the others: `status`. */
export interface LeaderStatus {
  readonly leader: string
  readonly sinceMs: number
  /** How far the clock of each process is ahead of the leader's, in milliseconds, the way of the message included. */
  readonly skewMs: Readonly<Record<string, number>>
}

/** Compares the clocks of the processes with the leader's, and publishes the differences. */
export class ClockWatch {
  readonly #parts: Parts
  readonly #keys: ScheduleKeys
  readonly #leadership: Leadership
  readonly #onSkew: (process: string, skewMs: number) => void
  readonly #clocks: Cache
  readonly #skews = new Map<string, number>()
  readonly #sinceMs: number
  #publishing: Promise<void> = Promise.resolve()
  #isPending = false
  readonly #closed = new AbortController()

  constructor(
    parts: Parts,
    keys: ScheduleKeys,
    leadership: Leadership,
    onSkew: (process: string, skewMs: number) => void,
  ) {
    this.#parts = parts
    this.#keys = keys
    this.#leadership = leadership
    this.#onSkew = onSkew
    this.#sinceMs = parts.clock.epochMs()
    this.#clocks = parts.etcd.cache({ prefix: keys.clocks })
  }

  async start(): Promise<void> {
    await this.#clocks.ready
    this.#clocks.onChange(({ changes }) => {
      for (const { current, previous } of changes) {
        const kv = current ?? previous
        const clock = readRecord(kv?.text() ?? '', isClockRecord)
        if (clock === undefined) continue
        if (current === undefined) this.#skews.delete(clock.process)
        else this.#saw(clock)
      }
      this.#publish()
    })
    this.#publish()
  }

  async close(): Promise<void> {
    this.#closed.abort()
    await this.#clocks.close()
    await this.#publishing
  }

  #saw({ process, atMs }: ClockRecord): void {
    const skewMs = Math.round(atMs - this.#parts.clock.epochMs())
    this.#skews.set(process, skewMs)
    if (Math.abs(skewMs) >= notableSkewMs) this.#onSkew(process, skewMs)
  }

  /** One write for what many processes say within a second. */
  #publish(): void {
    if (this.#isPending || this.#closed.signal.aborted) return
    this.#isPending = true
    this.#publishing = this.#write()
  }

  /** Never rejects: whoever asks for the status sees an older one. */
  async #write(): Promise<void> {
    try {
      await delay(this.#skews.size === 0 ? 0 : 500, {
        clock: this.#parts.clock,
        signal: this.#closed.signal,
        ref: false,
      })
      this.#isPending = false
      const status: LeaderStatus = {
        leader: this.#parts.processName,
        sinceMs: this.#sinceMs,
        skewMs: Object.fromEntries(this.#skews),
      }
      await this.#leadership.guard(this.#parts.etcd.txn().do(put(this.#keys.status, JSON.stringify(status)))).commit()
    } catch {
      this.#isPending = false
    }
  }
}

export function isClockRecord(value: object): value is ClockRecord {
  return 'process' in value && typeof value.process === 'string' && 'atMs' in value && typeof value.atMs === 'number'
}

export function isLeaderStatus(value: object): value is LeaderStatus {
  return 'leader' in value && 'skewMs' in value && 'sinceMs' in value
}
