import { oneLine } from '../../../print/shown-value.ts'

const marker = '#waypost '
const byteOrderMark = Buffer.from('\ufeff')

/** Lines for the person who edits, in front of the text; nothing in front of texts that cannot have comments. */
export function withHeader(path: string, text: Buffer, lines: readonly string[]): Buffer {
  if (!takesComments(path, text)) return text
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  return Buffer.concat([Buffer.from(lines.map((line) => `${marker}${oneLine(line)}${lineEnd}`).join('')), text])
}

/** The text without those lines, every other byte as it is. */
export function withoutHeader(text: Buffer): Buffer {
  let start = 0
  while (text.subarray(start, start + marker.length).toString() === marker) {
    const end = text.indexOf('\n', start)
    start = end === -1 ? text.length : end + 1
  }
  return text.subarray(start)
}

export function takesComments(path: string, text: Buffer): boolean {
  return /\.(ya?ml|toml|properties)$/i.test(path) && !text.subarray(0, byteOrderMark.length).equals(byteOrderMark)
}
