import type { KeyEntry } from './key-entry.ts'
import type { KeySpan } from './key-span.ts'
import type { KeyTree } from './key-tree.ts'

/** How many keys are looked at before long work can be interrupted: some tens of microseconds. */
export const keysPerStep = 128
/** The same for bytes that are copied. */
export const bytesPerStep = 256 * 1024

/**
 * Visits the entries of a span in order until `visit` returns false, with places at which it can be interrupted. Keys
 * may come and go meanwhile: those that stay are visited once.
 *
 * @param onlyLive passes over stretches without a live entry at once
 */
export function* walk(
  tree: KeyTree,
  span: KeySpan,
  onlyLive: boolean,
  visit: (entry: KeyEntry) => boolean,
): Generator<void> {
  let next: string | undefined = span.start
  while (next !== undefined) {
    let seen = 0
    const start: string = next
    next = undefined
    const step = (entry: KeyEntry): boolean => {
      if (seen === keysPerStep) {
        next = entry.key
        return false
      }
      seen += 1
      return visit(entry)
    }
    const rest = { start, end: span.end, single: false }
    if (onlyLive) tree.scanLive(rest, step)
    else tree.scan(rest, step)
    if (next !== undefined) yield
  }
}
