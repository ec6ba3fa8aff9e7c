import { terminal } from './terminal.ts'

/** A part of the terminal that is drawn over again and again. What was drawn last stays. */
export class LiveArea {
  #drawnLines = 0

  /** Draws lines instead of those drawn before; what does not fit on the screen is counted instead. */
  draw(text: string): void {
    const lines = text.replace(/\n$/, '').split('\n')
    const room = Math.max(3, terminal.rows - 1)
    const shown =
      lines.length <= room ? lines : [...lines.slice(0, room - 1), `… and ${lines.length - room + 1} more lines`]
    const up = this.#drawnLines === 0 ? '' : `\u001b[${this.#drawnLines}A`
    terminal.write(`${up}\u001b[J${shown.join('\n')}\n`)
    this.#drawnLines = shown.length
  }
}
