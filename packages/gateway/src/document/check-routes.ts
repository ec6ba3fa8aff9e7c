import {
  type ConfigProblem,
  type DocumentLookUp,
  type LayerOptions,
  placeMisfits,
  resolveDocuments,
} from '@waypost/config'
import type { Ambiguity } from '../routes/build/find-ambiguities.ts'
import { readRoutes } from './read-routes.ts'
import type { RoutesDocument } from './routes-document.ts'

/** Where the routes are, unless one says otherwise. */
export const defaultRoutesPath = 'gateway/routes.yaml'

export type CheckedRoutes =
  | {
      readonly document: RoutesDocument
      readonly ambiguities: readonly Ambiguity[]
      readonly problems?: undefined
    }
  | { readonly document?: undefined; readonly problems: readonly ConfigProblem[] }

/** The routes as a configuration of their own. */
export function routesTarget(path: string): LayerOptions {
  return { app: appOf(path), imports: [path], importsOnly: true }
}

/** The name under which gateways are shown to publishers. */
function appOf(path: string): string {
  return /^[^/]+(?=\/)/.exec(path)?.[0] ?? 'gateway'
}

/**
 * Checks a document of routes that is not in force, with what it imports. Every problem names line and column. Secrets
 * are not decrypted, and may be anything.
 */
export async function checkRoutes(lookUp: DocumentLookUp, path = defaultRoutesPath): Promise<CheckedRoutes> {
  const { config, problems } = resolveDocuments(lookUp, routesTarget(path))
  if (problems) return { problems }
  const read = await readRoutes(config.value, config.unresolved)
  if (read.document) return read
  const misfits = read.issues.map(({ path: keys, message }) => ({ keys, reason: `${message}.` }))
  return { problems: await placeMisfits(config.layers, misfits) }
}
