import { oneLine } from '../../../print/shown-value.ts'
import { terminal } from '../../../terminal/terminal.ts'

/** A unified diff as people like to see it; exactly as it is when nobody looks. */
export function colouredPatch(patch: string): string {
  if (!terminal.isTty) return patch
  const { bold, cyan, green, red } = terminal.colors
  const styles: readonly (readonly [start: string, style: (text: string) => string])[] = [
    ['---', bold],
    ['+++', bold],
    ['@@', cyan],
    ['+', green],
    ['-', red],
  ]
  let isHead = true
  return patch
    .split('\n')
    .map((line) => {
      if (line.startsWith('@@')) isHead = false
      const [, style] = styles.find(([start]) => line.startsWith(start) && (isHead || start.length < 3)) ?? []
      const shown = line.split('\t').map(oneLine).join('\t')
      return style === undefined ? shown : style(shown)
    })
    .join('\n')
}
