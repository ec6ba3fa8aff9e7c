import { WaypostError } from '@waypost/core'

/**
 * Providers are known by sentences: when one is missing, Nest names the token in its error, and with it what to write.
 */

/** The token of the options of a store. */
export const optionsToken =
  'the options of the store (write WaypostModule.forRoot({ isGlobal: true }) instead of WaypostModule by itself)'

/** The token of an open store. */
export function waypostToken(name?: string): string {
  if (name !== undefined) checkName(name, "{ name: 'audit' }")
  return name === undefined
    ? 'the store (write WaypostModule.forRoot({ isGlobal: true }) in the imports of the root module)'
    : `the store ${name} (write WaypostModule.forRoot({ name: '${name}', isGlobal: true }) in the imports of the root module)`
}

/** The token of what was said in `forRoot` beside how to reach the store. */
export function settingsToken(name?: string): string {
  return `settings of ${waypostToken(name)}`
}

/** The token of the live instances of a service. */
export function serviceToken(service: string, connection?: string): string {
  checkName(service, "@InjectService('user')")
  return `the instances of ${service} (write WaypostModule.forServices(${forServicesArguments(service, connection)}) in the imports of this module)`
}

/** The token of the HTTP client that is bound to a service. */
export function httpClientToken(service: string, connection?: string): string {
  checkName(service, "@InjectHttpClient('user')")
  return `the HTTP client of ${service} (write WaypostModule.forServices(${forServicesArguments(service, connection)}) in the imports of this module)`
}

/** A constant that is not there yet, as in a circle of imports, would be looked for as `undefined`. */
function checkName(name: unknown, write: string): void {
  if (typeof name === 'string' && name !== '') return
  throw new WaypostError(
    'invalid-argument',
    `A name is needed, as in ${write}, not ${name === '' ? "''" : String(name)}.`,
  )
}

function forServicesArguments(service: string, connection: string | undefined): string {
  return connection === undefined ? `['${service}']` : `['${service}'], { connection: '${connection}' }`
}

/** The token of the registration of this application. */
export const registrarToken =
  "this application's registration (write WaypostModule.registerOnListen({ service: '…' }) in the imports of the root module)"

const forFeature = 'write WaypostConfigModule.forFeature(schema) in the imports of this module'

/** The token of the live configuration that was asked for last in a module, with whatever schema. */
export const defaultConfigToken = `the live configuration (${forFeature})`

const schemaTokens = new WeakMap<object, symbol>()

/** The token of the live configuration with a schema; without one, of that which was loaded without. */
export function configToken(schema?: object): symbol | string {
  if (schema === undefined) return defaultConfigToken
  let token = schemaTokens.get(schema)
  if (token === undefined) {
    token = Symbol(`the live configuration with this schema (${forFeature})`)
    schemaTokens.set(schema, token)
  }
  return token
}

const currentTokens = new WeakMap<object, symbol>()
const defaultCurrentToken = `the configuration as it is when a request begins (${forFeature})`

/** The token of the configuration as it was when a request began. */
export function currentConfigToken(schema?: object): symbol | string {
  if (schema === undefined) return defaultCurrentToken
  let token = currentTokens.get(schema)
  if (token === undefined) {
    token = Symbol(defaultCurrentToken)
    currentTokens.set(schema, token)
  }
  return token
}
