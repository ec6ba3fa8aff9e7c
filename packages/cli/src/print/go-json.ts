/** A value to print as JSON. `undefined` members are left out, 64-bit integers are plain digits. */
export type Json = string | number | bigint | boolean | null | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [name: string]: Json | undefined
}

/** One line of JSON as Go's encoder writes it, which is what scripts around etcdctl expect. */
export function jsonLine(value: Json): string {
  return `${encode(value)}\n`
}

function encode(value: Json): string {
  if (typeof value === 'string') return encodeString(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (isList(value)) return `[${value.map(encode).join(',')}]`
  const members: string[] = []
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${encodeString(name)}:${encode(member)}`)
  }
  return `{${members.join(',')}}`
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value)
}

/** Safe inside HTML and JavaScript too. */
function encodeString(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
