import type { DocumentCheck } from '@waypost/config/admin'

/** The checks that stored schemas ask for by name, loaded when a schema does. */
export const documentChecks: Readonly<Record<string, DocumentCheck>> = {
  'gateway-routes': async (value, open) => (await import('@waypost/gateway')).routesCheck(value, open),
}
