import { delay } from '@waypost/core'
import { onInterrupt } from './interrupt.ts'
import { LiveArea } from './live-area.ts'

const redrawMs = 1_000

interface Redrawn<T> {
  readonly read: () => Promise<T>
  /** What is drawn of it, over what was drawn before. */
  readonly draw: (facts: T) => string
  /** Prints it below what was printed before: where nothing can be drawn over, or the output is for programs. */
  readonly print: (facts: T) => Promise<void>
  readonly isLive: boolean
}

/** Shows what is read again each second, until Ctrl+C. */
export async function redrawEachSecond<T>({ read, draw, print, isLive }: Redrawn<T>): Promise<void> {
  using interrupt = onInterrupt()
  const area = new LiveArea()
  while (!interrupt.signal.aborted) {
    const facts = await read()
    if (isLive) area.draw(draw(facts))
    else await print(facts)
    await delay(redrawMs, { signal: interrupt.signal }).catch(() => undefined)
  }
}
