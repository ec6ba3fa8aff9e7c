import { errorCodes, messageOf, WaypostError, type WaypostErrorCode } from '@waypost/core'
import type { InputError } from '../operation/input.ts'

/** A problem document: RFC 9457. */
export interface Problem {
  /** Leads to what the code means and what to do. */
  readonly type: string
  /** What the code means. */
  readonly title: string
  readonly status: number
  /** What happened this time. */
  readonly detail: string
  /** Stable, for programs: see docs/reference/errors.md. */
  readonly code: WaypostErrorCode
  readonly requestId: string
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  /** The places in the request that are wrong. */
  readonly errors?: readonly InputError[]
  /** Facts for programs that are particular to the code. */
  readonly [fact: string]: unknown
}

export const problemContentType = 'application/problem+json; charset=utf-8'

/** The HTTP status of each code, unless `details.httpStatus` says another. */
export const statusOf: Readonly<Record<WaypostErrorCode, number>> = {
  'invalid-argument': 400,
  'invalid-document': 422,
  'not-found': 404,
  'already-exists': 409,
  'failed-precondition': 412,
  conflict: 409,
  unauthenticated: 401,
  'permission-denied': 403,
  compacted: 410,
  'future-revision': 400,
  'lease-not-found': 404,
  'no-space': 507,
  'too-large': 413,
  overloaded: 429,
  unavailable: 503,
  'no-instance': 503,
  'deadline-exceeded': 504,
  'outcome-unknown': 502,
  aborted: 499,
  closed: 503,
  'store-replaced': 503,
  'data-loss': 500,
  unimplemented: 501,
  'port-in-use': 500,
  'data-dir-in-use': 500,
  'data-dir-unusable': 500,
  'data-dir-newer': 500,
  'data-dir-foreign': 500,
  'snapshot-unusable': 500,
  internal: 500,
}

/** Details that are shown to callers; others may name what is inside. */
const shownDetails: ReadonlySet<string> = new Set([
  'compactRevision',
  'retryAfterSeconds',
  'reason',
  'owner',
  'allow',
  'conflicts',
  'breaks',
  'problems',
  'affected',
  'revision',
  'permission',
  'mayBeConfirmedBy',
  'released',
])

/** The problem document of what was thrown. What is not a `WaypostError` is a defect, and says nothing of itself. */
export function problemOf(thrown: unknown, requestId: string): Problem {
  const error = WaypostError.is(thrown)
    ? thrown
    : new WaypostError('internal', `The hub has failed. Its log has the reason under the request id ${requestId}.`, {
        cause: thrown,
      })
  const { code, details } = error
  const status = typeof details.httpStatus === 'number' ? details.httpStatus : statusOf[code]
  return {
    type: `/docs/errors#${code}`,
    title: errorCodes[code].meaning,
    status,
    detail: messageOf(error),
    code,
    requestId,
    retryable: error.retryable,
    ...(isInputErrors(details.errors) ? { errors: details.errors } : {}),
    ...Object.fromEntries(
      Object.entries(details)
        .filter(([name]) => shownDetails.has(name))
        .map(([name, value]) => [name, jsonable(value)]),
    ),
  }
}

export function problemText(problem: Problem): string {
  return JSON.stringify(problem, (_name, value: unknown) => jsonable(value))
}

function jsonable(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

function isInputErrors(value: unknown): value is readonly InputError[] {
  return Array.isArray(value)
}
