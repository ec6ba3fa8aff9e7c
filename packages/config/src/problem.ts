import { WaypostError, type WaypostErrorCode } from '@waypost/core'

/** Why a configuration is not in force. */
export interface ConfigProblem {
  /** `not-found`: a document that was asked for is not there. `invalid-document`: it is there, and wrong. */
  readonly code: Extract<WaypostErrorCode, 'not-found' | 'invalid-document'>
  /** A sentence with everything in it: document, line, column and reason. */
  readonly message: string
  /** The document's path. Absent when the fault lies in no single document, as with a missing key. */
  readonly path: string | undefined
  /** From 1. */
  readonly line: number | undefined
  /** From 1, in UTF-16 units. */
  readonly column: number | undefined
  /** The key that does not fit the schema, for example `database.pool.max`. */
  readonly keyPath: string | undefined
}

/** A place in a document's text; both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

export function documentProblem(path: string, position: Position | undefined, reason: string): ConfigProblem {
  const place = position === undefined ? path : `${path}:${position.line}:${position.column}`
  return Object.freeze({
    code: 'invalid-document',
    message: `${place}: ${reason}`,
    path,
    line: position?.line,
    column: position?.column,
    keyPath: undefined,
  })
}

export function missingProblem(message: string): ConfigProblem {
  return Object.freeze({
    code: 'not-found',
    message,
    path: undefined,
    line: undefined,
    column: undefined,
    keyPath: undefined,
  })
}

/** One error for one or more problems; `details` has the place of the first, and all in `problems`. */
export function problemsError(problems: readonly ConfigProblem[], cause?: unknown): WaypostError {
  const [first] = problems
  const message = problems.map((problem) => problem.message).join('\n')
  return new WaypostError(first?.code ?? 'invalid-document', message, {
    cause,
    details: { path: first?.path, line: first?.line, column: first?.column, problems },
  })
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

/** Like `positionAt` for many places of one text. */
export function positionsIn(text: string): (offset: number) => Position {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}
