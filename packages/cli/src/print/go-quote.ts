const escapes: Readonly<Record<string, string>> = {
  ...{ '"': '\\"', '\\': '\\\\', '\x07': '\\a', '\b': '\\b', '\f': '\\f' },
  ...{ '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' },
}

const replacement = '\ufffd'

/** Bytes as a Go string literal, as `%q` prints them: what cannot be seen, and what is no UTF-8, is escaped. */
export function goQuote(bytes: Uint8Array): string {
  let quoted = ''
  for (let at = 0; at < bytes.length; ) {
    const character = characterAt(bytes, at)
    quoted += character === undefined ? `\\x${hex(bytes[at] ?? 0, 2)}` : escaped(character)
    at += character === undefined ? 1 : Buffer.byteLength(character)
  }
  return `"${quoted}"`
}

/** The character whose UTF-8 form begins here. */
function characterAt(bytes: Uint8Array, at: number): string | undefined {
  const lead = bytes[at] ?? 0
  const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  const slice = Buffer.from(bytes.subarray(at, at + length))
  const [character = ''] = slice.toString()
  // The replacement character itself is a legal one.
  return character === replacement && !slice.equals(Buffer.from(replacement)) ? undefined : character
}

function escaped(character: string): string {
  const known = escapes[character]
  if (known !== undefined) return known
  if (character === ' ' || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)) return character
  const point = character.codePointAt(0) ?? 0
  if (point < 0x80) return `\\x${hex(point, 2)}`
  return point < 0x10000 ? `\\u${hex(point, 4)}` : `\\U${hex(point, 8)}`
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
