import type { Times } from './cron-times.ts'
import type { RunHistory } from './run-history.ts'
import type { RunRecord } from './run-record.ts'
import type { Overlap, ScheduleSpec } from './schedule-options.ts'

/** A run that is to happen. */
export interface PlannedRun {
  readonly plannedMs: number
  readonly overlap: Overlap
  readonly payload: unknown
  /** What asked for it, beside the schedule itself. */
  readonly request?: { readonly id: string; readonly kind: 'trigger' | 'backfill' } | undefined
  /** The end of its keys. */
  readonly key: string
  readonly id: string
  /** It waits for an earlier one: whether it stands in the store, or a run of its name did before. */
  readonly kept?: Promise<boolean> | undefined
}

/** A run that has begun. */
export interface ActiveRun {
  readonly record: RunRecord
  cancel(): void
}

/** A schedule, as its leader keeps it. */
export interface ScheduleEntry {
  readonly name: string
  spec: ScheduleSpec
  times: Times
  /** The last time that was dealt with. */
  cursorMs: number
  /** When the next one is due; infinite for none. */
  nextAtMs: number
  readonly active: Map<string, ActiveRun>
  readonly waiting: PlannedRun[]
  readonly history: RunHistory
}
