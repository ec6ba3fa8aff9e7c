import { callSafely } from '@waypost/core'

/** Calls every listener, whatever one of them throws: the configuration goes on following. */
export function tell<T>(listeners: Iterable<(value: T) => void>, value: T): void {
  for (const listener of [...listeners]) callSafely(listener, value)
}
