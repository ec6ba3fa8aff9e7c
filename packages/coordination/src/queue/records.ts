/** How long a job waits between attempts. */
export interface RetryBackoff {
  /** `exponential` doubles the delay each time. */
  readonly type: 'fixed' | 'exponential'
  readonly delayMs: number
  readonly maxMs: number
}

/** What is kept of a job until it is done: `jobs/<id>`. */
export interface JobRecord {
  readonly data: unknown
  readonly order: string
  readonly group?: string | undefined
  readonly attempts: number
  readonly backoff: RetryBackoff
  /** Made by the process that added it, to recognise its own write when the answer was lost. */
  readonly addedBy: string
}

/** What has happened to a job so far: the value of its place in the line. */
export interface JobState {
  /** Attempts made. */
  readonly attempt: number
  /** How often its worker was lost. */
  readonly stalls: number
  readonly group?: string | undefined
  /** Why the last attempt failed. */
  readonly error?: string | undefined
}

/** `claims/<id>`: who works on it. Its create revision is the job's token. */
export interface ClaimRecord extends JobState {
  readonly worker: string
  readonly order: string
  readonly claimedAtMs: number
  readonly slot?: string | undefined
  readonly progress?: unknown
  /** Made by the worker for one request, to recognise its own write when the answer was lost. */
  readonly nonce: string
}

/** `completed/<id>` and `dead/<id>`. */
export interface FinishedRecord {
  readonly state: 'completed' | 'dead'
  readonly attempt: number
  readonly order: string
  readonly finishedAtMs: number
  readonly token: string
  readonly worker: string
  readonly group?: string | undefined
  readonly result?: unknown
  readonly error?: string | undefined
}

/** Reads a value that others may have written, too: anything but an object is none. */
export function readRecord<T extends object>(text: string, isRecord: (value: object) => value is T): T | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function isJobRecord(value: object): value is JobRecord {
  return 'order' in value && typeof value.order === 'string' && 'attempts' in value && 'backoff' in value
}

export function isJobState(value: object): value is JobState {
  return 'attempt' in value && typeof value.attempt === 'number' && 'stalls' in value
}

export function isClaimRecord(value: object): value is ClaimRecord {
  return isJobState(value) && 'worker' in value && 'order' in value && typeof value.order === 'string'
}

export function isFinishedRecord(value: object): value is FinishedRecord {
  return 'state' in value && (value.state === 'completed' || value.state === 'dead') && 'order' in value
}
