/**
 * Calls every listener. What one throws is its owner's uncaught exception; it must not keep the others from hearing,
 * or the configuration from following.
 */
export function tell<T>(listeners: Iterable<(value: T) => void>, value: T): void {
  for (const listener of [...listeners]) {
    try {
      listener(value)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}
