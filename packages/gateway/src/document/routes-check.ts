import type { DocumentCheck } from '@waypost/config/admin'
import { readRoutes } from './read-routes.ts'

/** What the schema of the routes cannot say; publishers call it before a document is released. */
export const routesCheck: DocumentCheck = async (value, open) => {
  const { issues = [] } = await readRoutes(value, open)
  return issues.map(({ path, message }) => ({ keyPath: path, message }))
}
