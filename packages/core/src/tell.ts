import { callSafely } from './call-safely.ts'

/** Calls every listener that is there now, whatever one of them throws. */
export function tell<Args extends readonly unknown[]>(
  listeners: Iterable<(...args: Args) => void>,
  ...args: Args
): void {
  for (const listener of [...listeners]) callSafely(listener, ...args)
}
