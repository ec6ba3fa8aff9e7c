/** A value to print as JSON. `undefined` members are left out, 64-bit integers are plain digits. */
export type Json = string | number | bigint | boolean | null | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [name: string]: Json | undefined
}

/**
 * One line of JSON as Go's encoder writes it, which is what scripts around etcdctl expect. It takes what JSON has, and
 * `bigint` as digits, bytes in base64, dates in ISO 8601, and maps as objects.
 */
export function jsonLine(value: unknown): string {
  return `${encode(value) ?? 'null'}\n`
}

/** `undefined` for what an object leaves out. */
function encode(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return encodeString(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null'
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'object':
      return value === null ? 'null' : encodeObject(value)
    default:
      return undefined
  }
}

function encodeObject(value: object): string | undefined {
  if (Array.isArray(value)) return `[${value.map((item) => encode(item) ?? 'null').join(',')}]`
  if (value instanceof Uint8Array) return encodeString(base64(value))
  if (value instanceof Map) return encodeMembers([...value].map(([name, member]) => [String(name), member]))
  if ('toJSON' in value && typeof value.toJSON === 'function') return encode(value.toJSON())
  return encodeMembers(Object.entries(value))
}

function encodeMembers(members: readonly (readonly [name: string, value: unknown])[]): string {
  const texts = members.flatMap(([name, value]) => {
    const text = encode(value)
    return text === undefined ? [] : [`${encodeString(name)}:${text}`]
  })
  return `{${texts.join(',')}}`
}

/** Safe inside HTML and JavaScript too. */
function encodeString(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

export function base64(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
}
