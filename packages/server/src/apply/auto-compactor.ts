import type { Clock, Timer } from '@waypost/core'
import { EngineError } from '../engine-error.ts'

/** How much history is kept. Without a bound nothing is compacted by itself. */
export type AutoCompaction =
  /** At least as long as this, at most about a tenth (or, above an hour, some minutes) longer. */
  | { readonly mode: 'periodic'; readonly retentionMs: number }
  /** Keeps this number of revisions; checked every five minutes. */
  | { readonly mode: 'revision'; readonly retention: number }

const revisionIntervalMs = 5 * 60_000
const maxPeriodMs = 60 * 60_000
/** How often per period the revision is noted down. */
const notesPerPeriod = 10

export interface AutoCompactorOptions {
  readonly policy: AutoCompaction
  readonly clock: Clock
  readonly revision: () => number
  readonly compact: (revision: number) => Promise<unknown>
  readonly onWarning: (message: string) => void
}

/**
 * Compacts the history in the background as etcd's `--auto-compaction-mode` does. Periodic: the revision is noted
 * every tenth of the period (of an hour when the period is longer), and once the first period is over the note that
 * is one period old is compacted at, every period or every hour. Source: etcd, v3compactor/{periodic,revision}.go.
 */
export class AutoCompactor {
  readonly #options: AutoCompactorOptions
  readonly #intervalMs: number
  /** Periodic: the oldest is compacted at. */
  readonly #notes: number[] = []
  readonly #maxNotes: number
  #lastMs: number
  #waitMs: number
  /** What was compacted at last. */
  #previous = 0
  #timer: Timer | undefined
  #isClosed = false

  constructor(options: AutoCompactorOptions) {
    const { policy, clock } = options
    this.#options = options
    this.#lastMs = clock.monotonicMs()
    const periodMs = policy.mode === 'periodic' ? policy.retentionMs : revisionIntervalMs
    this.#waitMs = periodMs
    this.#intervalMs =
      policy.mode === 'periodic' ? Math.max(1, Math.min(periodMs, maxPeriodMs) / notesPerPeriod) : revisionIntervalMs
    this.#maxNotes = Math.floor(periodMs / this.#intervalMs) + 1
    if (policy.mode === 'periodic') this.#note()
    this.#arm()
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }

  #arm(): void {
    if (this.#isClosed) return
    this.#timer = this.#options.clock.after(this.#intervalMs, () => void this.#tick().finally(() => this.#arm()), {
      ref: false,
    })
  }

  #tick(): Promise<void> {
    const { policy } = this.#options
    return policy.mode === 'periodic' ? this.#tickPeriodic(policy.retentionMs) : this.#tickRevision(policy.retention)
  }

  async #tickPeriodic(periodMs: number): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs()
    const isDue = nowMs - this.#lastMs >= this.#waitMs
    if (isDue) {
      this.#waitMs = Math.min(periodMs, maxPeriodMs)
      if (await this.#compact(this.#notes[0] ?? 0)) this.#lastMs = nowMs
    }
    this.#note()
  }

  async #tickRevision(retention: number): Promise<void> {
    const revision = this.#options.revision() - retention
    if (revision > 0) await this.#compact(revision)
  }

  #note(): void {
    this.#notes.push(this.#options.revision())
    if (this.#notes.length > this.#maxNotes) this.#notes.shift()
  }

  /** Whether the store is compacted at the revision now. */
  async #compact(revision: number): Promise<boolean> {
    if (revision === this.#previous) return true
    try {
      await this.#options.compact(revision)
    } catch (error) {
      if (!(error instanceof EngineError) || error.reason !== 'compacted') {
        this.#options.onWarning(
          `The history could not be compacted at revision ${revision}, which is tried again: ${error}`,
        )
        return false
      }
    }
    this.#previous = revision
    return true
  }
}
