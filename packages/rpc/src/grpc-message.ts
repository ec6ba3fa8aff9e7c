/** Printable ASCII but the percent sign, with no space at either end, which HTTP/2 would not carry. */
const plain = /^(?! )[ -$&-~]*(?<! )$/

/**
 * Makes a status message fit for a header: UTF-8, with all but printable ASCII percent-encoded.
 *
 * Source: gRPC, "gRPC over HTTP2", Status-Message.
 */
export function encodeMessage(message: string): string {
  if (plain.test(message)) return message
  const bytes = Buffer.from(message, 'utf8')
  const last = bytes.length - 1
  let text = ''
  for (const [index, byte] of bytes.entries()) {
    const edge = byte === 0x20 && (index === 0 || index === last)
    if (byte < 0x20 || byte > 0x7e || byte === 0x25 || edge) {
      text += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    } else {
      text += String.fromCharCode(byte)
    }
  }
  return text
}

/** The inverse of `encodeMessage`. A percent sign that encodes nothing is kept as it is. */
export function decodeMessage(text: string): string {
  if (!text.includes('%')) return text
  const bytes: number[] = []
  for (let index = 0; index < text.length; index += 1) {
    const hex = text.slice(index + 1, index + 3)
    if (text[index] === '%' && /^[\da-f]{2}$/i.test(hex)) {
      bytes.push(Number.parseInt(hex, 16))
      index += 2
    } else {
      bytes.push(...Buffer.from(text[index] ?? '', 'utf8'))
    }
  }
  return Buffer.from(bytes).toString('utf8')
}
