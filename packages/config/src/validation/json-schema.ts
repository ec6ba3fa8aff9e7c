import { type ConfigObject, isConfigObject } from '../config-value.ts'
import type { StandardSchema } from './standard-schema.ts'

/** A larger schema is not worth sending to the store for every process. */
const maxSchemaBytes = 128 * 1024

/**
 * The JSON Schema of what a schema takes as input, when the schema's library can tell: by Standard JSON Schema
 * (`~standard.jsonSchema`, as zod 4.2 and later have it) or by a `toJsonSchema` method (arktype). Of others it is
 * `undefined`, and so it is of a schema that JSON Schema cannot express.
 *
 * Source: Standard JSON Schema, version 1, https://standardschema.dev/json-schema
 */
export function jsonSchemaOf(schema: StandardSchema<unknown, unknown>): ConfigObject | undefined {
  const standard: object = schema['~standard']
  const converter = member(standard, 'jsonSchema')
  const input = isObject(converter) ? member(converter, 'input') : undefined
  const method = member(schema, 'toJsonSchema')
  try {
    const made: unknown =
      typeof input === 'function'
        ? input.call(converter, { target: 'draft-2020-12' })
        : typeof method === 'function'
          ? method.call(schema)
          : undefined
    return usable(made)
  } catch {
    // The schema holds what JSON Schema cannot say, such as a transformation of a date.
    return undefined
  }
}

/** A plain copy, without what is no JSON. */
function usable(made: unknown): ConfigObject | undefined {
  if (!isObject(made)) return undefined
  const text = JSON.stringify(made)
  if (text === undefined || Buffer.byteLength(text) > maxSchemaBytes) return undefined
  const value: unknown = JSON.parse(text)
  return isConfigObject(value) ? value : undefined
}

function member(owner: object, name: string): unknown {
  return name in owner ? Reflect.get(owner, name) : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
