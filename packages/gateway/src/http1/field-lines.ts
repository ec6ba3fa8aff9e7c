/** Bytes of a name. Source: RFC 9110, section 5.6.2. */
const nameBytes = bytesOf((code) => /[\w!#$%&'*+.^`|~-]/.test(String.fromCharCode(code)))

/** Bytes of a value: everything but controls. Source: RFC 9110, section 5.5. */
const valueBytes = bytesOf((code) => code === 9 || (code >= 0x20 && code !== 0x7f))

function bytesOf(fits: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (fits(code) ? 1 : 0))
}

/** Some programs do not take a tab behind these values for a blank. */
const frames = /^(?:content-length|transfer-encoding|connection|upgrade)$/i

const carriageReturn = 13
const lineFeed = 10
const colon = 58
const space = 32
const tab = 9

/**
 * Reads lines of headers or trailers, of which each ends in CRLF, from `at` to `end` of a Latin-1 text: a flat list
 * of names and values. `undefined` when one is malformed: an empty name, a space before the colon, a line that is
 * folded, a control character, or a CR or LF alone.
 *
 * Source: RFC 9112, section 5.
 */
export function readFieldLines(text: string, at: number, end = text.length): string[] | undefined {
  const fields: string[] = []
  let next = at
  while (next < end) {
    const nameStart = next
    let code = text.charCodeAt(next)
    while (nameBytes[code] === 1) code = text.charCodeAt(++next)
    if (code !== colon || next === nameStart) return undefined
    const nameEnd = next
    code = text.charCodeAt(++next)
    while (code === space || code === tab) code = text.charCodeAt(++next)
    const valueStart = next
    while (valueBytes[code] === 1) code = text.charCodeAt(++next)
    if (code !== carriageReturn || text.charCodeAt(next + 1) !== lineFeed) return undefined
    let valueEnd = next
    while (valueEnd > valueStart && isBlank(text.charCodeAt(valueEnd - 1))) valueEnd -= 1
    const name = text.slice(nameStart, nameEnd)
    if (valueEnd !== next && frames.test(name) && text.slice(valueEnd, next).includes('\t')) return undefined
    fields.push(name, text.slice(valueStart, valueEnd))
    next += 2
  }
  return fields
}

function isBlank(code: number): boolean {
  return code === space || code === tab
}

/** Whether a text can stand in a message as a value. Also false for characters beyond Latin-1, which would be cut. */
export function isFieldValue(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (valueBytes[text.charCodeAt(index)] !== 1) return false
  return true
}

/** Whether a text can stand in a message as a name, or is a method. */
export function isToken(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (nameBytes[text.charCodeAt(index)] !== 1) return false
  return text !== ''
}

/** Lines as they are sent. */
export function fieldLines(fields: readonly string[]): string {
  let lines = ''
  for (let index = 0; index < fields.length; index += 2) lines += `${fields[index]}: ${fields[index + 1]}\r\n`
  return lines
}
