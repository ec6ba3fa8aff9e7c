/**
 * Every code that Waypost raises, with what it means and what to do.
 * `docs/reference/errors.md` documents the same set; a test holds the two together.
 */
export const errorCodes = {
  'invalid-argument': {
    retryable: false,
    meaning: 'A value given to Waypost is malformed or out of range.',
    cure: 'Correct the value that the message names.',
  },
  'not-found': {
    retryable: false,
    meaning: 'The named thing does not exist.',
    cure: 'Check the name, or create it first.',
  },
  'already-exists': {
    retryable: false,
    meaning: 'Something with this name or id already exists.',
    cure: 'Choose another name, or use the existing one.',
  },
  'failed-precondition': {
    retryable: false,
    meaning: 'The store is not in the state that the request needs.',
    cure: 'Create that state first; the message names it.',
  },
  conflict: {
    retryable: false,
    meaning: 'Somebody else changed the data since it was read.',
    cure: 'Read again, decide again, write again.',
  },
  unauthenticated: {
    retryable: false,
    meaning: 'The store rejects the user, password or token.',
    cure: 'Check the user and password.',
  },
  'permission-denied': {
    retryable: false,
    meaning: 'The user may not do this.',
    cure: 'Grant a role that covers the key range, or use another user.',
  },
  compacted: {
    retryable: false,
    meaning: 'The requested revision has been compacted.',
    cure: 'List again and follow from the revision of that list.',
  },
  'future-revision': {
    retryable: false,
    meaning: 'The requested revision does not exist yet.',
    cure: 'Ask for an existing revision.',
  },
  'lease-not-found': {
    retryable: false,
    meaning: 'The lease does not exist or has expired.',
    cure: 'Grant a new lease.',
  },
  'no-space': {
    retryable: false,
    meaning: 'The store is over its quota or its disk is full.',
    cure: 'Compact and defragment, or raise the quota, then disarm the alarm.',
  },
  'too-large': {
    retryable: false,
    meaning: 'The message is larger than the store accepts.',
    cure: 'Split it, or store less in one value.',
  },
  overloaded: { retryable: true, meaning: 'The store asks for fewer requests.', cure: 'Back off and try again.' },
  unavailable: {
    retryable: true,
    meaning: 'No store could be reached, and the request was provably not applied.',
    cure: 'Check that the store runs and that the endpoints are right.',
  },
  'no-instance': {
    retryable: true,
    meaning: 'No instance of the service can take the call.',
    cure: 'Start one, or find out why the existing ones take no traffic; the message counts them.',
  },
  'deadline-exceeded': {
    retryable: true,
    meaning: 'No answer came in time; nothing was changed.',
    cure: 'Try again, or allow more time.',
  },
  'outcome-unknown': {
    retryable: false,
    meaning: 'A write was sent but its answer was lost: it may or may not have been applied.',
    cure: 'Read to find out, or guard the write with a transaction.',
  },
  aborted: { retryable: false, meaning: "The caller's AbortSignal fired.", cure: 'None: the caller asked for this.' },
  closed: { retryable: false, meaning: 'The object has been closed.', cure: 'Do not use it after close().' },
  'store-replaced': {
    retryable: false,
    meaning: 'The store is not the same as before: it was wiped, replaced or restored.',
    cure: 'List again; earlier reads are no longer valid.',
  },
  'data-loss': {
    retryable: false,
    meaning: "The store or its data directory is damaged or incomplete, or one of Waypost's records is damaged.",
    cure: 'Restore from a backup.',
  },
  unimplemented: {
    retryable: false,
    meaning: 'The store does not offer this operation.',
    cure: 'Use a store or version that does.',
  },
  'invalid-document': {
    retryable: false,
    meaning: 'A configuration document does not parse or does not fit its schema.',
    cure: 'Correct the document at the place that the message names.',
  },
  'port-in-use': {
    retryable: false,
    meaning: 'Another program listens on the port.',
    cure: 'Choose another port with --port, or stop the other program.',
  },
  'data-dir-in-use': {
    retryable: false,
    meaning: 'Another process uses the data directory.',
    cure: 'Stop that process, or choose another directory with --data-dir.',
  },
  'data-dir-unusable': {
    retryable: false,
    meaning: 'The data directory cannot be read or written.',
    cure: 'Check its owner and permissions, or choose another with --data-dir.',
  },
  'data-dir-newer': {
    retryable: false,
    meaning: 'The data directory was written by a newer version of Waypost.',
    cure: 'Use that version, or choose another directory with --data-dir.',
  },
  'data-dir-foreign': {
    retryable: false,
    meaning: 'The data directory holds files that Waypost did not write, or that are damaged.',
    cure: 'Choose an empty directory with --data-dir; nothing was overwritten.',
  },
  'snapshot-unusable': {
    retryable: false,
    meaning:
      'The file with the last known state is damaged, belongs to other keys or a newer version, or cannot be written.',
    cure: 'None if it cannot be read: it is ignored and written again. Otherwise check its path, owner and disk space.',
  },
  internal: {
    retryable: false,
    meaning: 'A bug in Waypost or in the store.',
    cure: 'Report it with the message and its cause.',
  },
} as const satisfies Record<string, { retryable: boolean; meaning: string; cure: string }>

export type WaypostErrorCode = keyof typeof errorCodes

export interface WaypostErrorOptions {
  /** The error underneath, kept for people who debug. */
  readonly cause?: unknown
  /** The endpoint that answered, or that could not be reached. */
  readonly endpoint?: string | undefined
  /** Overrides the code's default. */
  readonly retryable?: boolean | undefined
  /** Facts for programs, for example `{ compactRevision: 7n }`. */
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

/**
 * The one error that Waypost throws. `code` is stable and meant for programs, `message` for people.
 *
 * Logs show both: the stack and `toString()` begin with `WaypostError: [not-found] …`. The message itself does not hold
 * the code, because a program shows it to people, and puts it into sentences of its own.
 *
 * @example
 * ```ts
 * const error = new WaypostError('not-found', 'There is no user ada.')
 * console.log(WaypostError.is(error, 'not-found'), error.retryable) // true false
 * console.log(String(error)) // WaypostError: [not-found] There is no user ada.
 * ```
 */
export class WaypostError extends Error {
  override readonly name = 'WaypostError'
  readonly code: WaypostErrorCode
  readonly retryable: boolean
  readonly endpoint: string | undefined
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: WaypostErrorCode, message: string, options: WaypostErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? errorCodes[code].retryable
    this.endpoint = options.endpoint
    this.details = Object.freeze({ ...options.details })
    this.#writeStack()
  }

  override toString(): string {
    return `${this.name}: ${withCode(this.code, this.message)}`
  }

  /**
   * Gives the error the stack of the present call, without the frames from `above` on. For an error that was made where
   * a socket is read or a timer runs, and is thrown to somebody who waits.
   */
  recapture(above: (...args: never) => unknown): void {
    Error.captureStackTrace(this, above)
    this.#writeStack()
  }

  /** The runtime writes a stack when it is first read, and begins it with the message as it is at that moment. */
  #writeStack(): void {
    const { message } = this
    this.message = withCode(this.code, message)
    Reflect.get(this, 'stack')
    this.message = message
  }

  /** Recognises the error also when it came through another copy of this module. */
  static is(error: unknown, code?: WaypostErrorCode): error is WaypostError {
    if (!(error instanceof Error) || error.name !== 'WaypostError' || !('code' in error)) return false
    return code === undefined || error.code === code
  }
}

function withCode(code: WaypostErrorCode, message: string): string {
  return `[${code}] ${message}`
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
