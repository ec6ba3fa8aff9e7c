import type { ConfigObject, ConfigValue } from '@waypost/config'
import { compileSchema, type SchemaCheck, type SchemaIssue } from '@waypost/config/admin'
import { Slices } from '@waypost/core'
import { compileInSlices } from '../routes/build/compile-routes.ts'
import type { Ambiguity } from '../routes/build/find-ambiguities.ts'
import type { DocumentIssue, DocumentPath } from '../routes/build/problems.ts'
import type { RoutesDocument } from './routes-document.ts'
import { routesSchema } from './schema/routes-schema.ts'
import { validationParts } from './validation-parts.ts'

export type ReadRoutes =
  | {
      readonly document: RoutesDocument
      readonly ambiguities: readonly Ambiguity[]
      readonly issues?: undefined
    }
  | { readonly document?: undefined; readonly issues: readonly DocumentIssue[] }

/** Of everything that is checked in this process: however many documents there are, one slice runs in a turn. */
const slices = new Slices()

/** How many routes are checked against the schema at once. */
const routesAtOnce = 20

/**
 * Checks a value against the schema, and whatever a schema cannot say: that policies exist that are named, that regular
 * expressions compile, that every route can be reached. Works in slices: other work goes on meanwhile.
 *
 * @param open parts whose value is not known here, such as secrets: they may be anything
 */
export async function readRoutes(value: ConfigValue, open: readonly DocumentPath[] = []): Promise<ReadRoutes> {
  const check = await compileSchema(routesSchema)
  const misfits = await slices.run(misfitsOf(check, value, open))
  if (misfits.length > 0) return { issues: misfits.map(({ keyPath, message }) => ({ path: keyPath, message })) }
  if (!isRoutes(value)) throw new TypeError('A value that fits the schema is an object.')
  const compiled = await compileInSlices(slices, value, validationParts)
  if (compiled.issues) return { issues: compiled.issues.slice(0, maxMisfits) }
  compiled.table.close()
  return { document: value, ambiguities: compiled.ambiguities }
}

/** What does not fit the schema. No route has anything to do with another one, as far as the schema goes. */
function* misfitsOf(
  check: SchemaCheck,
  value: ConfigValue,
  open: readonly DocumentPath[],
): Generator<void, readonly SchemaIssue[]> {
  if (!isMapping(value) || !isMapping(value.routes)) return check(value, open)
  const { routes, ...rest } = value
  const found = [...check(rest, open)]
  const entries = Object.entries(routes)
  for (let at = 0; at < entries.length && found.length < maxMisfits; at += routesAtOnce) {
    yield
    found.push(...check({ routes: Object.fromEntries(entries.slice(at, at + routesAtOnce)) }, open))
  }
  return found.slice(0, maxMisfits)
}

/** More are not reported. */
const maxMisfits = 20

function isMapping(value: ConfigValue | undefined): value is ConfigObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Called for values that fit the schema, which says no less than the type. */
function isRoutes(value: unknown): value is RoutesDocument {
  return typeof value === 'object' && value !== null
}
