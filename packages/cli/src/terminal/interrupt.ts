import { constants } from 'node:os'
import { onAbort } from '@waypost/core'

export interface Interrupt extends Disposable {
  /** Fires at the first Ctrl+C or SIGTERM. */
  readonly signal: AbortSignal
  /** What a process that this signal ends exits with; 0 before it. */
  readonly exitCode: number
}

/** npm passes Ctrl+C on to a process that has got it from the terminal already: that is one press, not two. */
const samePressMs = 200

/**
 * Lets a running command end in its own way at the first Ctrl+C or SIGTERM.
 * A second one ends the process at once.
 */
export function onInterrupt(): Interrupt {
  const controller = new AbortController()
  let firstMs = 0
  let exitCode = 0
  const listener = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (performance.now() - firstMs > samePressMs) process.exit(codeOf(name))
      return
    }
    exitCode = codeOf(name)
    firstMs = performance.now()
    controller.abort(name)
  }
  process.on('SIGINT', listener)
  process.on('SIGTERM', listener)
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode
    },
    [Symbol.dispose]() {
      process.off('SIGINT', listener)
      process.off('SIGTERM', listener)
    },
  }
}

/** As shells have it: 128 plus the number of the signal. */
function codeOf(name: NodeJS.Signals): number {
  return 128 + constants.signals[name]
}

/** Resolves when the signal fires. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    onAbort(signal, () => resolve())
  })
}
