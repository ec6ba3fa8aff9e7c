import { messageOf, WaypostError } from '@waypost/core'
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
const options: Options = { strict: false, allErrors: true, validateFormats: false, logger: false }

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
    return errors
      .slice(0, maxIssues)
      .map((error) => ({ keyPath: keysOf(error.instancePath), message: describe(error) }))
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
    throw new WaypostError('invalid-argument', `That is no JSON Schema: ${messageOf(cause)}.`, { cause })
  }
}

/** Loaded for who publishes against a schema: a service that only reads starts faster without. */
async function newValidator(isOldDialect: boolean): Promise<Ajv> {
  if (isOldDialect) return new (await import('ajv')).Ajv(options)
  return new (await import('ajv/dist/2020.js')).Ajv2020(options)
}

function keysOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function describe({ keyword, message, params }: ErrorObject): string {
  const detail =
    keyword === 'enum'
      ? `: ${JSON.stringify(params.allowedValues)}`
      : keyword === 'additionalProperties'
        ? `: ${JSON.stringify(params.additionalProperty)}`
        : ''
  return `${message ?? keyword}${detail}`
}
