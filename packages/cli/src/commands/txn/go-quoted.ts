const simple: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, '"': 34 }

/** A Go string literal at the start of a pattern: in double quotes with escapes, or in back quotes as it is. */
export const goQuoted = /"(?:[^"\\\n]|\\.)*"|`[^`]*`/.source

const escapeSequence = /\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([abfnrtv\\"]))/y

/** The bytes that a Go string literal stands for; undefined when an escape is wrong. Source: the Go specification. */
export function unquoteGo(literal: string): Buffer | undefined {
  const body = literal.slice(1, -1)
  if (literal.startsWith('`')) return Buffer.from(body)
  const parts: Buffer[] = []
  let at = 0
  while (at < body.length) {
    const next = body.indexOf('\\', at)
    const end = next < 0 ? body.length : next
    parts.push(Buffer.from(body.slice(at, end)))
    if (next < 0) break
    escapeSequence.lastIndex = next
    const bytes = unescaped(escapeSequence.exec(body))
    if (bytes === undefined) return undefined
    parts.push(bytes)
    at = escapeSequence.lastIndex
  }
  return Buffer.concat(parts)
}

function unescaped(match: RegExpExecArray | null): Buffer | undefined {
  if (match === null) return undefined
  const [, hex, octal, short, long, letter] = match
  if (letter !== undefined) return Buffer.from([simple[letter] ?? 0])
  const byte =
    hex !== undefined ? Number.parseInt(hex, 16) : octal !== undefined ? Number.parseInt(octal, 8) : undefined
  if (byte !== undefined) return byte > 255 ? undefined : Buffer.from([byte])
  const point = Number.parseInt(short ?? long ?? '', 16)
  const isSurrogate = point >= 0xd800 && point <= 0xdfff
  return point > 0x10ffff || isSurrogate ? undefined : Buffer.from(String.fromCodePoint(point))
}
