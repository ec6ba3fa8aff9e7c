import { type Clock, messageOf, withTimeLimit } from '@waypost/core'
import { type ConfigObject, isConfigObject } from '../config-value.ts'
import { mergeLayers } from '../layers/merge.ts'
import { type Misfit, placeMisfits } from '../layers/origins.ts'
import type { ResolvedConfig } from '../layers/resolve.ts'
import type { ConfigProblem } from '../problem.ts'
import type { StandardIssue, StandardResult, StandardSchema } from './standard-schema.ts'

export type Validated<T> =
  | { readonly value: T; readonly problems?: undefined }
  | { readonly value?: undefined; readonly problems: readonly ConfigProblem[] }

/** Whatever is a mapping. It takes what it is given as it is. */
export const anything: StandardSchema<unknown, ConfigObject> = {
  '~standard': {
    version: 1,
    vendor: 'waypost',
    validate: (value) => (isConfigObject(value) ? { value } : { issues: [{ message: 'It is not a mapping.' }] }),
  },
}

/** More are not reported. */
const maxProblems = 100

/** How long a schema that works asynchronously may take for one check. */
const schemaTimeoutMs = 10_000

/**
 * Checks a merged configuration, and says of what does not fit in which document and line it stands. The schema gets
 * a copy, which it may change: `copy` when the caller has made one. No message contains a secret.
 */
export async function validate<T>(
  schema: StandardSchema<unknown, T>,
  config: ResolvedConfig,
  clock: Clock,
  copy?: ConfigObject,
): Promise<Validated<T>> {
  const misfit = (reason: string, keys: readonly (string | number)[]): Misfit => ({
    keys,
    reason: config.redactor.text(reason),
  })
  let result: StandardResult<T>
  try {
    const answer = schema['~standard'].validate(
      isAnything(schema) ? config.value : (copy ?? mergeLayers([config.value])),
    )
    const late = (): Error => new Error(`no result after ${schemaTimeoutMs} ms`)
    result =
      answer instanceof Promise
        ? await withTimeLimit(answer, { what: 'The check', timeoutMs: schemaTimeoutMs, clock, error: late, ref: false })
        : answer
  } catch (error) {
    const failed = misfit(`The schema itself failed: ${messageOf(error)}`, [])
    return { problems: await placeMisfits(config.layers, [failed]) }
  }
  if (result.issues === undefined) return { value: result.value }
  const misfits = result.issues.slice(0, maxProblems).map((issue) => misfit(issue.message, keysOf(issue)))
  return { problems: await placeMisfits(config.layers, misfits) }
}

function isAnything(schema: StandardSchema<unknown, unknown>): boolean {
  return schema === anything
}

function keysOf(issue: StandardIssue): (string | number)[] {
  return (issue.path ?? []).map((segment) => {
    const key = typeof segment === 'object' ? segment.key : segment
    return typeof key === 'symbol' ? String(key) : key
  })
}
