import type { ConfigCenter } from '@waypost/config/admin'
import { type CallOptions, WaypostError } from '@waypost/core'
import { callOptionKinds, checkOptions } from '@waypost/core/options'
import { compileRoutes } from '../routes/build/compile-routes.ts'
import type { CompiledTable } from '../routes/compiled-table.ts'
import { defaultRoutesPath, routesTarget } from './check-routes.ts'
import { readRoutes } from './read-routes.ts'
import type { RoutesDocument } from './routes-document.ts'
import { validationParts } from './validation-parts.ts'

/**
 * The routes as they are in the store now, for people who look: secrets stay hidden. Fails with `not-found`, and with
 * `invalid-document` when no gateway can use them.
 */
export async function readStoredRoutes(
  config: ConfigCenter,
  path: string = defaultRoutesPath,
  options: CallOptions = {},
): Promise<RoutesDocument> {
  checkOptions('readStoredRoutes', options, callOptionKinds)
  const effective = await config.effective({ ...routesTarget(path), ...options })
  const read = await readRoutes(effective.value, effective.unresolved)
  if (read.document) return read.document
  const problems = read.issues.map(({ path: keys, message }) => {
    const lengths = keys.map((_, index) => keys.length - index)
    const origin = lengths
      .map((length) => effective.explain(keys.slice(0, length)))
      .find((found) => found !== undefined)
    const place = origin ? `${origin.path}:${origin.line}:${origin.column}` : path
    return `${place}: ${keys.join('.')}: ${message}.`
  })
  throw new WaypostError('invalid-document', problems.join('\n'), { details: { path } })
}

/** A table to explain and to show: its policies are never asked. */
export function compileForReading(document: RoutesDocument): CompiledTable {
  const { table, issues } = compileRoutes(document, validationParts)
  if (table) return table
  throw new WaypostError('invalid-document', issues.map(({ message }) => `${message}.`).join('\n'))
}
