import { jsonFields } from '../generated/json-fields.ts'
import type { JsonField } from './json-field.ts'

/**
 * A message as the HTTP gateway of etcd writes it: names as in the `.proto` files, bytes as base64, 64-bit integers
 * as strings, enums by name, and whatever has its default left out.
 *
 * Source: the proto3 JSON mapping, https://protobuf.dev/programming-guides/json/, with original names.
 */
export function toJson(messageName: string, message: object): Record<string, unknown> {
  const json: Record<string, unknown> = {}
  for (const field of fieldsOf(messageName)) {
    const value: unknown = Reflect.get(message, field.name)
    if (value === undefined || isDefault(field, value)) continue
    json[field.proto] = Array.isArray(value) ? value.map((each) => valueToJson(field, each)) : valueToJson(field, value)
  }
  return json
}

export function fieldsOf(messageName: string): readonly JsonField[] {
  const fields = jsonFields[messageName]
  if (!fields) throw new Error(`There is no message called ${messageName}.`)
  return fields
}

function isDefault(field: JsonField, value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (field.optional || field.type === 'message') return false
  if (value instanceof Uint8Array) return value.length === 0
  return value === 0 || value === 0n || value === '' || value === false
}

function valueToJson(field: JsonField, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  if (field.type === 'enum')
    return Object.entries(field.values ?? {}).find(([, number]) => number === value)?.[0] ?? value
  if (field.message !== undefined && typeof value === 'object' && value !== null) return toJson(field.message, value)
  return value
}
