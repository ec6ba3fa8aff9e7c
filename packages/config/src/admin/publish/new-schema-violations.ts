import { isDeepStrictEqual } from 'node:util'
import type { ConfigObject } from '../../config-value.ts'
import { placeMisfits } from '../../layers/origins.ts'
import type { Resolution, ResolvedConfig } from '../../layers/resolve.ts'
import type { ConfigProblem } from '../../problem.ts'
import type { DocumentCheck, DocumentChecks } from '../schemas/document-checks.ts'
import type { SchemaIssue } from '../schemas/schema-check.ts'

/**
 * Why a process would reject what is to come although it takes what is there. What is wrong already is nobody's fault
 * now, and must not keep anybody from repairing a part of it.
 */
export async function newSchemaViolations(
  before: Resolution,
  after: Resolution,
  schema: ConfigObject | undefined,
  checks: DocumentChecks,
): Promise<readonly ConfigProblem[]> {
  if (after.config === undefined) return before.config === undefined ? [] : after.problems
  const check = schema && (await checkOf(schema, checks))
  if (check === undefined) return []
  const known = new Set(
    before.config && (await misfits(before.config, check)).map(({ keyPath, message }) => idOf(keyPath, message)),
  )
  const { layers } = after.config
  const missing = schema && checks.of(schema)
  if (typeof missing === 'string' && !isDeepStrictEqual(before.config?.value, after.config.value)) {
    return placeMisfits(layers, [{ keys: [], reason: `${missing}.` }])
  }
  const found = (await misfits(after.config, check)).filter(
    ({ keyPath, message }) => !known.has(idOf(keyPath, message)),
  )
  return placeMisfits(
    layers,
    found.slice(0, maxProblems).map(({ keyPath, message }) => ({ keys: keyPath, reason: `${message}.` })),
  )
}

/** More are not reported. */
const maxProblems = 100

async function misfits({ value, unresolved }: ResolvedConfig, check: DocumentCheck): Promise<readonly SchemaIssue[]> {
  return check(value, unresolved)
}

/** A process may register what is no JSON Schema; then nothing can be said for it. */
async function checkOf(schema: ConfigObject, checks: DocumentChecks): Promise<DocumentCheck | undefined> {
  try {
    return await checks.compile(schema)
  } catch {
    return undefined
  }
}

function idOf(keyPath: readonly (string | number)[], message: string): string {
  return JSON.stringify([keyPath, message])
}
