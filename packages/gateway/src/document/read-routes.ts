import type { ConfigValue } from '@waypost/config'
import { compileSchema } from '@waypost/config/admin'
import { compileRoutes } from '../routes/build/compile-routes.ts'
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

/**
 * Checks a value against the schema, and whatever a schema cannot say: that policies exist that are named, that regular
 * expressions compile, that every route can be reached.
 *
 * @param open parts whose value is not known here, such as secrets: they may be anything
 */
export async function readRoutes(value: ConfigValue, open: readonly DocumentPath[] = []): Promise<ReadRoutes> {
  const check = await compileSchema(routesSchema)
  const misfits = check(value, open)
  if (misfits.length > 0) return { issues: misfits.map(({ keyPath, message }) => ({ path: keyPath, message })) }
  if (!isRoutes(value)) throw new TypeError('A value that fits the schema is an object.')
  const compiled = compileRoutes(value, validationParts)
  if (compiled.issues) return compiled
  compiled.table.close()
  return { document: value, ambiguities: compiled.ambiguities }
}

/** Called for values that fit the schema, which says no less than the type. */
function isRoutes(value: unknown): value is RoutesDocument {
  return typeof value === 'object' && value !== null
}
