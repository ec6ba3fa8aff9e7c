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
const colour = /(\u001b\[[\d;]*m)/

/** Colours take no room, and those behind the cut are kept, as they end what was begun. */
function cut(line: string, columns: number): string {
  if (stringWidth(line) <= columns) return line
  let room = columns - 1
  let kept = ''
  for (const part of line.split(colour)) {
    if (colour.test(part)) kept += part
    else if (room >= 0) {
      const fitting = start(part, room)
      room = fitting.length === part.length ? room - stringWidth(part) : -1
      kept += room < 0 ? `${fitting}…` : fitting
    }
  }
  return kept
}

/** The longest start of the text that is at most so wide, in whole characters. */
function start(text: string, columns: number): string {
  let width = 0
  let fitting = ''
  for (const { segment } of segmenter.segment(text)) {
    width += stringWidth(segment)
    if (width > columns) break
    fitting += segment
  }
  return fitting
}
