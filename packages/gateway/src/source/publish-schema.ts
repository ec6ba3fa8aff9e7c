import { isDeepStrictEqual } from 'node:util'
import type { StoredSchemas } from '@waypost/config/admin'
import type { CallOptions } from '@waypost/core'
import { routesSchema, routesSchemaVersion } from '../document/schema/routes-schema.ts'

/**
 * Puts the schema of the routes into the store, so that everybody who publishes is told what is wrong. A schema of a
 * newer gateway stays.
 */
export async function publishRoutesSchema(
  schemas: Pick<StoredSchemas, 'get' | 'set'>,
  path: string,
  options: CallOptions = {},
): Promise<void> {
  const stored = await schemas.get(path, options)
  if (stored && (versionOf(stored) > routesSchemaVersion || isDeepStrictEqual(stored, routesSchema))) return
  await schemas.set(path, routesSchema, {
    ...options,
    author: 'waypost gateway',
    comment: 'The schema of the routes that this gateway understands',
  })
}

function versionOf(schema: Readonly<Record<string, unknown>>): number {
  return typeof schema.version === 'number' ? schema.version : 0
}
