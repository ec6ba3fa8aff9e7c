/**
 * Calls a listener as an event target does: what it throws is its owner's uncaught exception, and keeps nobody else
 * from hearing.
 */
export function callSafely<Args extends readonly unknown[]>(listener: (...args: Args) => void, ...args: Args): void {
  try {
    listener(...args)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
