import { onAbort } from '@waypost/core'

export interface Interrupt extends Disposable {
  /** Fires at the first Ctrl+C or SIGTERM. */
  readonly signal: AbortSignal
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
  const listener = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (performance.now() - firstMs > samePressMs) process.exit(name === 'SIGINT' ? 130 : 143)
      return
    }
    firstMs = performance.now()
    controller.abort(name)
  }
  process.on('SIGINT', listener)
  process.on('SIGTERM', listener)
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', listener)
      process.off('SIGTERM', listener)
    },
  }
}

/** Resolves when the signal fires. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    onAbort(signal, () => resolve())
  })
}
