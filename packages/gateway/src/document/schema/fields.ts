import type { ConfigObject, ConfigValue } from '@waypost/config'

/** A part of a JSON Schema, 2020-12. */
export type Schema = ConfigObject

type More = Readonly<Record<string, ConfigValue>>

export function text(description: string, more: More = {}): Schema {
  return { type: 'string', minLength: 1, maxLength: 4_096, description, ...more }
}

export function flag(description: string, fallback: boolean): Schema {
  return { type: 'boolean', description, default: fallback }
}

export function whole(description: string, minimum: number, more: More = {}): Schema {
  return { type: 'integer', minimum, maximum: Number.MAX_SAFE_INTEGER, description, ...more }
}

export function oneOf(description: string, values: readonly string[], fallback?: string): Schema {
  return { enum: [...values], description, ...(fallback === undefined ? {} : { default: fallback }) }
}

export function list(description: string, items: Schema, more: More = {}): Schema {
  return { type: 'array', items, maxItems: 10_000, description, ...more }
}

/** Names that the document's author chooses, each with a value of one kind. */
export function mapOf(description: string, values: Schema, names?: Schema): Schema {
  return {
    type: 'object',
    additionalProperties: values,
    ...(names === undefined ? {} : { propertyNames: names }),
    description,
  }
}

/** Fields with fixed names. */
export function fields(description: string, properties: Readonly<Record<string, Schema>>, more: More = {}): Schema {
  return { type: 'object', additionalProperties: false, properties, description, ...more }
}

/** Exactly one of some fields is there; says so in words. */
export function exactlyOne(names: readonly string[], errorMessage: string): Schema {
  return { oneOf: names.map((name) => ({ required: [name] })), errorMessage }
}

export const headerName: Schema = {
  type: 'string',
  pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$",
  errorMessage: 'That is no name of a header.',
}

export const headerValue: Schema = {
  type: 'string',
  maxLength: 8_192,
  pattern: '^[\\t -~\\u0080-\\u00ff]*$',
  errorMessage: 'A header cannot hold these characters.',
}

export const absolutePath = {
  pattern: '^/',
  errorMessage: 'A path begins with a slash.',
} as const
