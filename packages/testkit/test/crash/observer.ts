import type { WatchResponse } from '@waypost/protocol'
import { revisionOf } from '../../src/contract/current-revision.ts'
import { text } from '../../src/wire/view.ts'
import type { Wire } from '../../src/wire/wire.ts'
import type { Change, Effect } from './operation.ts'

/** Every change from `revision` on, as a watch tells it, until the stream breaks. */
export async function watchChanges(wire: Wire, revision: bigint, seen: Change[]): Promise<void> {
  const watch = wire.watch()
  try {
    await watch.create('\0', { end: '\0', startRevision: revision })
    for (;;) seen.push(...changesOf(await watch.next()))
  } catch {
    // The crash ended it.
  }
}

/** Every change from `revision` to `until`. */
export async function readChanges(wire: Wire, revision: bigint, until: bigint): Promise<Change[]> {
  const changes: Change[] = []
  if (revision > until) return changes
  const watch = wire.watch()
  await watch.create('\0', { end: '\0', startRevision: revision })
  while ((changes.at(-1)?.revision ?? 0n) < until) {
    const message = await watch.next()
    if (message.canceled)
      throw new Error(`The history from ${revision} on is gone: compacted at ${message.compactRevision}.`)
    changes.push(...changesOf(message))
  }
  await watch.close()
  return changes
}

/** What a reader saw of one key. */
export interface Sighting {
  readonly key: string
  readonly value: string
  readonly modRevision: bigint
}

/** Reads everything again and again until a call fails. Resolves to the highest revision that it was told. */
export async function readForever(wire: Wire, seen: Map<string, Sighting>): Promise<bigint> {
  let highest = 0n
  try {
    for (;;) {
      const answer = await wire.range('\0', { end: '\0' })
      const revision = revisionOf(answer)
      if (revision < highest) throw new RangeError(`The revision went back from ${highest} to ${revision}.`)
      highest = revision
      for (const kv of answer.kvs) {
        const key = text(kv.key)
        seen.set(`${key}@${kv.modRevision}`, { key, value: text(kv.value), modRevision: kv.modRevision })
      }
    }
  } catch (error) {
    if (error instanceof RangeError) throw error
    return highest
  }
}

function changesOf(message: WatchResponse): Change[] {
  const changes: { revision: bigint; effects: Effect[] }[] = []
  for (const { type, kv } of message.events) {
    if (!kv) continue
    const effect = { key: text(kv.key), value: type === 1 ? undefined : text(kv.value) }
    const last = changes.at(-1)
    if (last?.revision === kv.modRevision) last.effects.push(effect)
    else changes.push({ revision: kv.modRevision, effects: [effect] })
  }
  return changes
}
