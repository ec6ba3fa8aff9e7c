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
