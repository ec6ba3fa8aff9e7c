/**
 * - `waiting`: for an earlier run to end; `running`;
 * - `completed`, `failed`, `cancelled`;
 * - `skipped`: an earlier run had not ended; `missed`: no process was there in time.
 */
export type RunState = 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled' | 'skipped' | 'missed'

/** What is kept of a run: `runs/<schedule>/<planned>`. */
export interface RunRecord {
  readonly id: string
  readonly state: RunState
  readonly plannedMs: number
  readonly startedMs?: number | undefined
  readonly finishedMs?: number | undefined
  /** The process that led when it began. */
  readonly by: string
  /** The job of the queue that does it. */
  readonly job?: string | undefined
  readonly queue?: string | undefined
  readonly error?: string | undefined
  /** Of `missed`: how many runs, this one the first of them. */
  readonly count?: number | undefined
  /** Somebody asked for it: `trigger` or `backfill`. */
  readonly request?: 'trigger' | 'backfill' | undefined
  readonly payload?: unknown
}

export function isRunRecord(value: object): value is RunRecord {
  return 'id' in value && 'state' in value && 'plannedMs' in value && typeof value.plannedMs === 'number'
}

/** What somebody asked the leader to do: `requests/<id>`. */
export type ScheduleRequest =
  | { readonly kind: 'trigger'; readonly name: string; readonly payload?: unknown }
  | { readonly kind: 'backfill'; readonly name: string; readonly fromMs: number; readonly toMs: number }

export function isScheduleRequest(value: object): value is ScheduleRequest {
  return 'kind' in value && 'name' in value && typeof value.name === 'string'
}
