import { messageOf, WaypostError } from '@waypost/core'
import { nearestName } from '@waypost/core/options'
import type { Ajv, ErrorObject, Options, ValidateFunction } from 'ajv'
import type { ConfigObject, ConfigValue } from '../../config-value.ts'
import type { JsonPath } from '../../documents/json-path.ts'

/** Where and why a value does not fit a schema. */
export interface SchemaIssue {
  readonly keyPath: readonly (string | number)[]
  readonly message: string
}

/** `open` are keys whose value is not known yet, and may turn out to be anything. */
export type SchemaCheck = (value: ConfigValue, open: readonly JsonPath[]) => readonly SchemaIssue[]

/** `format` is an annotation, as JSON Schema 2020-12 has it by default, and unknown keywords are let be. */
const options: Options = { strict: false, allErrors: true, validateFormats: false, logger: false, verbose: true }

const maxIssues = 20

/** By the schema's text, the one that was asked for last at the end. To compile one costs more than many checks. */
const compiled = new Map<string, ValidateFunction>()
const maxCompiled = 50

/**
 * Makes a check of a JSON Schema: 2020-12, or draft-07 and draft-06 when its `$schema` says so.
 * Fails with `invalid-argument` when it is none.
 */
export async function compileSchema(schema: ConfigObject): Promise<SchemaCheck> {
  const validate = await compiledOf(schema)
  return (value, open) => {
    if (validate(value) === true) return []
    const unknown = new Set(open.map(idOf))
    const errors = (validate.errors ?? []).filter((error) => !unknown.has(idOf(keysOf(error.instancePath))))
    return withoutAlternatives(errors)
      .slice(0, maxIssues)
      .map((error) => ({ keyPath: placeOf(error), message: describe(error) }))
  }
}

function idOf(path: JsonPath): string {
  return JSON.stringify(path.map(String))
}

async function compiledOf(schema: ConfigObject): Promise<ValidateFunction> {
  const text = JSON.stringify(schema)
  const validate = compiled.get(text) ?? (await compile(schema))
  compiled.delete(text)
  compiled.set(text, validate)
  const [oldest] = compiled.keys()
  if (oldest !== undefined && compiled.size > maxCompiled) compiled.delete(oldest)
  return validate
}

async function compile(schema: ConfigObject): Promise<ValidateFunction> {
  const dialect = typeof schema.$schema === 'string' ? schema.$schema : ''
  const validator = await newValidator(/draft-0[4-7]/.test(dialect))
  try {
    // The identifier would make two versions of one schema collide; nothing refers to it from outside.
    const { $schema: _, $id: __, ...rest } = schema
    return validator.compile(rest)
  } catch (cause) {
    throw new WaypostError('invalid-argument', `This is not a JSON Schema: ${messageOf(cause)}.`, { cause })
  }
}

/** Loaded for who publishes against a schema: a service that only reads starts faster without. */
async function newValidator(isOldDialect: boolean): Promise<Ajv> {
  if (isOldDialect) return new (await import('ajv')).Ajv(options)
  return new (await import('ajv/dist/2020.js')).Ajv2020(options)
}

/** Of a key that should not be there, the key itself. */
function placeOf({ instancePath, keyword, params, propertyName }: ErrorObject): string[] {
  const key: unknown = propertyName ?? (keyword === 'additionalProperties' ? params.additionalProperty : undefined)
  return typeof key === 'string' ? [...keysOf(instancePath), key] : keysOf(instancePath)
}

function keysOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** What a schema says in its own words stands for the alternatives that were tried below it. */
function withoutAlternatives(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const told = errors
    .filter((error) => ownMessage(error) !== undefined)
    .map(({ schemaPath, instancePath }) => ({ schemaPath: `${schemaPath}/`, instancePath }))
  const namesTold = new Set(errors.map(({ propertyName }) => propertyName))
  return errors.filter(
    (error) =>
      !(error.keyword === 'propertyNames' && namesTold.has(error.params.propertyName)) &&
      !told.some(
        ({ schemaPath, instancePath }) =>
          error.schemaPath.startsWith(schemaPath) && error.instancePath.startsWith(instancePath),
      ),
  )
}

/** `errorMessage`: a sentence of the schema's author about the keywords beside it; fields have their own messages. */
function ownMessage({ keyword, parentSchema }: ErrorObject): string | undefined {
  if (keyword === 'additionalProperties' || keyword === 'required' || keyword === 'type') return undefined
  const message: unknown = parentSchema?.errorMessage
  return typeof message === 'string' ? message.replace(/\.$/, '') : undefined
}

function describe(error: ErrorObject): string {
  const { keyword, message, params, parentSchema } = error
  const own = ownMessage(error)
  if (own !== undefined) return own
  if (keyword === 'additionalProperties') return unknownKey(String(params.additionalProperty), parentSchema?.properties)
  const detail = keyword === 'enum' ? `: ${JSON.stringify(params.allowedValues)}` : ''
  return `${message ?? keyword}${detail}`
}

function unknownKey(key: string, properties: unknown): string {
  const known = typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
  const nearest = nearestName(key, known)
  const hint = nearest === undefined ? '' : `; did you mean ${JSON.stringify(nearest)}?`
  return `must NOT have additional properties: ${JSON.stringify(key)}${hint}`
}
