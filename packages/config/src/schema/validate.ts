import { type Clock, messageOf } from '@waypost/core'
import type { ConfigObject } from '../config-value.ts'
import type { ConfigDocument } from '../documents/config-document.ts'
import { explain } from '../layers/explain.ts'
import type { ConfigProblem } from '../problem.ts'
import type { StandardIssue, StandardResult, StandardSchema } from './standard-schema.ts'

export type Validated<T> =
  | { readonly value: T; readonly problems?: undefined }
  | { readonly value?: undefined; readonly problems: readonly ConfigProblem[] }

/** How long a schema that works asynchronously may take for one check. */
const schemaTimeoutMs = 10_000

/** Checks a merged configuration, and says of what does not fit in which document and line it stands. */
export async function validate<T>(
  schema: StandardSchema<unknown, T>,
  value: ConfigObject,
  documents: readonly ConfigDocument[],
  clock: Clock,
): Promise<Validated<T>> {
  let result: StandardResult<T>
  try {
    const answer = schema['~standard'].validate(value)
    result = answer instanceof Promise ? await withinTime(answer, clock) : answer
  } catch (error) {
    return { problems: [misfit(`The schema itself failed: ${messageOf(error)}`, [], documents)] }
  }
  if (result.issues === undefined) return { value: result.value }
  return { problems: result.issues.map((issue) => misfit(issue.message, keysOf(issue), documents)) }
}

function keysOf(issue: StandardIssue): (string | number)[] {
  return (issue.path ?? []).map((segment) => {
    const key = typeof segment === 'object' ? segment.key : segment
    return typeof key === 'symbol' ? String(key) : key
  })
}

/** A missing key has no place of its own: it is reported at the nearest part above that has one. */
function misfit(
  reason: string,
  keys: readonly (string | number)[],
  documents: readonly ConfigDocument[],
): ConfigProblem {
  const keyPath = keys.length === 0 ? undefined : keys.join('.')
  let origin: ReturnType<typeof explain>
  for (let length = keys.length; length > 0 && origin === undefined; length--) {
    origin = explain(documents, keys.slice(0, length))
  }
  const place = origin ? `${origin.path}:${origin.line}:${origin.column}` : documents.map(({ path }) => path).join(', ')
  return Object.freeze({
    code: 'invalid-document',
    message: `${place}: ${keyPath === undefined ? '' : `${keyPath}: `}${reason}`,
    path: origin?.path,
    line: origin?.line,
    column: origin?.column,
    keyPath,
  })
}

function withinTime<T>(answer: Promise<T>, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(schemaTimeoutMs, () => reject(new Error(`no result after ${schemaTimeoutMs} ms`)), {
      ref: false,
    })
    answer.then(resolve, reject).finally(() => timer.cancel())
  })
}
