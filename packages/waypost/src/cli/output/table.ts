import stringWidth from 'string-width'

export interface TableOptions {
  /** The heading's style. */
  readonly heading?: ((text: string) => string) | undefined
  /** Cuts lines to this many terminal columns. Default: no limit. */
  readonly columns?: number | undefined
}

/** Columns padded to their widest cell, two spaces apart, also when cells hold wide characters or colours. */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const widths = heading.map((title, column) =>
    Math.max(stringWidth(title), ...rows.map((row) => stringWidth(row[column] ?? ''))),
  )
  const style = options.heading ?? ((text: string) => text)
  const limit = options.columns ?? Number.POSITIVE_INFINITY
  const lines = [heading, ...rows].map((cells) => cut(layOut(cells, widths), limit))
  return lines.map((line, index) => `${index === 0 ? style(line) : line}\n`).join('')
}

function layOut(cells: readonly string[], widths: readonly number[]): string {
  return widths
    .map((width, column) => {
      const cell = cells[column] ?? ''
      return cell + ' '.repeat(Math.max(0, width - stringWidth(cell)))
    })
    .join('  ')
    .trimEnd()
}

const segmenter = new Intl.Segmenter()
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how terminals spell colours
const styled = /\u001b\[/

function cut(line: string, columns: number): string {
  if (stringWidth(line) <= columns || styled.test(line)) return line
  let width = 0
  let kept = ''
  for (const { segment } of segmenter.segment(line)) {
    width += stringWidth(segment)
    if (width > columns - 1) break
    kept += segment
  }
  return `${kept}…`
}

const strict = new TextDecoder('utf-8', { fatal: true })

/** Bytes as one line of text: control characters escaped, and what is not UTF-8 as `\xNN`. */
export function cellText(bytes: Uint8Array): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return decode(bytes).replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, escapeControl)
}

function decode(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : escapeByte(byte))).join('')
  }
}

function escapeControl(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  if (character === '\t') return '\\t'
  return escapeByte(character.charCodeAt(0))
}

function escapeByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}
