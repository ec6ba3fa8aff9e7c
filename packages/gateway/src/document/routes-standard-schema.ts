import type { ConfigValue, StandardSchema } from '@waypost/config'
import { readRoutes } from './read-routes.ts'
import type { RoutesDocument } from './routes-document.ts'

/** The check of the document in the form in which a configuration is loaded. */
export const routesStandardSchema: StandardSchema<unknown, RoutesDocument> = {
  '~standard': {
    version: 1,
    vendor: 'waypost',
    async validate(value) {
      const { document, issues } = await readRoutes(value as ConfigValue)
      return document
        ? { value: document }
        : { issues: issues.map(({ path, message }) => ({ path, message: `${message}.` })) }
    },
  },
}
