import type { JsonField } from './json-field.ts'
import { fieldsOf } from './to-json.ts'

/** JSON that does not fit the message. The message says where and what was expected. */
export class JsonMappingError extends Error {
  override readonly name = 'JsonMappingError'
}

/** Deeper than any request that a store accepts. */
const maxDepth = 100

/**
 * The fields of a message from JSON, to be given to its `create`. Names as in the `.proto` files or in camelCase;
 * 64-bit integers as strings, numbers or bigints; enums by name or number; bytes as base64, also URL-safe; null means absent;
 * unknown names are ignored. Throws `JsonMappingError`.
 */
export function fromJson(messageName: string, json: unknown, path = '', depth = 0): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw mismatch(path, 'an object', json)
  if (depth > maxDepth) throw new JsonMappingError(`${path}: nested deeper than ${maxDepth} levels`)
  const message: Record<string, unknown> = {}
  for (const field of fieldsOf(messageName)) {
    const value = member(json, field)
    const at = path === '' ? field.proto : `${path}.${field.proto}`
    if (value !== undefined && value !== null) message[field.name] = fieldFromJson(field, value, at, depth)
    else if (field.repeated) message[field.name] = []
    else message[field.name] = field.optional || field.type === 'message' ? undefined : defaults[field.type]
  }
  return message
}

const noBytes = Buffer.alloc(0)
const defaults = {
  bool: false,
  bytes: noBytes,
  enum: 0,
  int32: 0,
  int64: 0n,
  string: '',
  uint32: 0,
  uint64: 0n,
} as const

function member(json: object, field: JsonField): unknown {
  if (Object.hasOwn(json, field.proto)) return Reflect.get(json, field.proto)
  const camel = field.proto.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
  return Object.hasOwn(json, camel) ? Reflect.get(json, camel) : undefined
}

function fieldFromJson(field: JsonField, value: unknown, path: string, depth: number): unknown {
  if (!field.repeated) return valueFromJson(field, value, path, depth)
  if (!Array.isArray(value)) throw mismatch(path, 'an array', value)
  return value.map((each, index) => valueFromJson(field, each, `${path}[${index}]`, depth))
}

function valueFromJson(field: JsonField, value: unknown, path: string, depth: number): unknown {
  switch (field.type) {
    case 'message':
      return fromJson(field.message ?? '', value, path, depth + 1)
    case 'bool':
      if (typeof value === 'boolean') return value
      throw mismatch(path, 'true or false', value)
    case 'string':
      if (typeof value === 'string') return value
      throw mismatch(path, 'a string', value)
    case 'bytes':
      return bytesFromJson(value, path)
    case 'enum':
      return enumFromJson(field, value, path)
    case 'int32':
      return Number(integerFromJson(value, path, -(2n ** 31n), 2n ** 31n - 1n))
    case 'uint32':
      return Number(integerFromJson(value, path, 0n, 2n ** 32n - 1n))
    case 'int64':
      return integerFromJson(value, path, -(2n ** 63n), 2n ** 63n - 1n)
    case 'uint64':
      return integerFromJson(value, path, 0n, 2n ** 64n - 1n)
  }
}

function bytesFromJson(value: unknown, path: string): Buffer {
  if (
    typeof value !== 'string' ||
    !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value) ||
    value.replace(/=+$/, '').length % 4 === 1
  ) {
    throw mismatch(path, 'base64', value)
  }
  // Node's decoder takes both alphabets.
  return Buffer.from(value, 'base64')
}

function enumFromJson(field: JsonField, value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  const number =
    typeof value === 'string' && Object.hasOwn(field.values ?? {}, value) ? field.values?.[value] : undefined
  if (number === undefined) throw mismatch(path, `one of ${Object.keys(field.values ?? {}).join(', ')}`, value)
  return number
}

function integerFromJson(value: unknown, path: string, min: bigint, max: bigint): bigint {
  const isInteger =
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isInteger(value)) ||
    (typeof value === 'string' && /^-?\d{1,20}$/.test(value))
  const integer = isInteger ? BigInt(value) : undefined
  if (integer === undefined || integer < min || integer > max)
    throw mismatch(path, `an integer from ${min} to ${max}`, value)
  return integer
}

function mismatch(path: string, expected: string, value: unknown): JsonMappingError {
  const got = value === null ? 'null' : Array.isArray(value) ? 'an array' : nameOfType(value)
  return new JsonMappingError(`${path === '' ? 'the body' : path}: expected ${expected}, got ${got}`)
}

function nameOfType(value: unknown): string {
  return typeof value === 'bigint' ? 'number' : typeof value
}
