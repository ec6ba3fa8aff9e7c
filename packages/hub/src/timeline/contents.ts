import { configPrefix } from '@waypost/config'
import type { DerivedEvent, KeyChange } from './concerns/concern.ts'
import type { Content } from './record-log.ts'

/** Larger documents are not kept: they must fit into a transaction together with their event. */
const maxContentBytes = 1_000_000

/** What was written by hand: no release keeps it. */
export function contentsOf(
  events: readonly DerivedEvent[],
  changes: ReadonlyMap<string, KeyChange>,
): readonly Content[] {
  return events.flatMap(({ key, now }) => {
    if (!key.startsWith(configPrefix) || typeof now?.writtenAt !== 'string') return []
    const bytes = changes.get(key)?.value
    if (bytes === undefined || bytes.length > maxContentBytes) return []
    return [{ revision: BigInt(now.writtenAt), path: key.slice(configPrefix.length), bytes }]
  })
}
