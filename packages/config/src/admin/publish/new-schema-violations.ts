import type { ConfigObject } from '../../config-value.ts'
import { problemPlacer } from '../../layers/origins.ts'
import type { Resolution, ResolvedConfig } from '../../layers/resolve.ts'
import type { ConfigProblem } from '../../problem.ts'
import { compileSchema, type SchemaCheck } from '../schemas/schema-check.ts'

/**
 * Why a process would reject what is to come although it takes what is there. What is wrong already is nobody's fault
 * now, and must not keep anybody from repairing a part of it.
 */
export async function newSchemaViolations(
  before: Resolution,
  after: Resolution,
  schema: ConfigObject | undefined,
): Promise<readonly ConfigProblem[]> {
  if (after.config === undefined) return before.config === undefined ? [] : after.problems
  const check = schema && (await checkOf(schema))
  if (check === undefined) return []
  const known = new Set(
    before.config && misfits(before.config, check).map(({ keyPath, message }) => idOf(keyPath, message)),
  )
  const place = problemPlacer(after.config.layers)
  return misfits(after.config, check)
    .filter(({ keyPath, message }) => !known.has(idOf(keyPath, message)))
    .map(({ keyPath, message }) => place(keyPath, `${message}.`))
}

function misfits({ value, unresolved }: ResolvedConfig, check: SchemaCheck): ReturnType<SchemaCheck> {
  return check(value, unresolved)
}

/** A process may register what is no JSON Schema; then nothing can be said for it. */
async function checkOf(schema: ConfigObject): Promise<SchemaCheck | undefined> {
  try {
    return await compileSchema(schema)
  } catch {
    return undefined
  }
}

function idOf(keyPath: readonly (string | number)[], message: string): string {
  return JSON.stringify([keyPath, message])
}
