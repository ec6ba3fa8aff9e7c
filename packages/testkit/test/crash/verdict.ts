import { isDeepStrictEqual } from 'node:util'
import type { Sighting } from './observer.ts'
import type { Change, Operation } from './operation.ts'
import type { Writer } from './writer.ts'

/**
 * Holds what is there after a crash to what was acknowledged and shown before it; throws at what does not fit.
 * Afterwards the writers know what became of the requests that were on their way.
 *
 * @param history every change since the last verdict
 */
export function judge(history: readonly Change[], firstRevision: bigint, writers: readonly Writer[]): void {
  for (const [index, change] of history.entries()) {
    const expected = firstRevision + BigInt(index)
    if (change.revision !== expected) throw new Error(`Revision ${expected} is missing; ${change.revision} is there.`)
  }
  for (const writer of writers) judgeWriter(history, writer)
  for (const change of history) {
    const known = writers.some((writer) => change.effects.every(({ key }) => key.startsWith(writer.prefix)))
    if (!known) throw new Error(`Revision ${change.revision} is of no writer, or of several: ${show(change)}.`)
  }
}

function judgeWriter(history: readonly Change[], writer: Writer): void {
  const ours = history.filter(({ effects }) => effects.some(({ key }) => key.startsWith(writer.prefix)))
  const acknowledged = writer.acknowledged.filter(({ operation }) => operation.effects.length > 0)
  for (const [index, { operation, revision }] of acknowledged.entries()) {
    const change = ours[index]
    if (!change || change.revision !== revision || !isDeepStrictEqual(change.effects, operation.effects)) {
      throw new Error(
        `Acknowledged at ${revision}: ${operation.what} ${show(operation)}; there is ${change ? show(change) : 'nothing'}.`,
      )
    }
  }
  const [extra, ...more] = ours.slice(acknowledged.length)
  const { pending } = writer
  if (more.length > 0) throw new Error(`${writer.prefix} has changes that nobody asked for: ${more.map(show)}.`)
  if (extra) {
    if (!pending || !isDeepStrictEqual(extra.effects, pending.effects)) {
      throw new Error(
        `Revision ${extra.revision} is ${show(extra)}; on its way was ${pending ? show(pending) : 'nothing'}.`,
      )
    }
    writer.apply(pending)
    writer.pending = undefined
  }
  writer.acknowledged = []
}

/** Whatever a watcher was told before the crash is in the history after it. */
export function judgeWatched(watched: readonly Change[], history: readonly Change[]): void {
  for (const [index, change] of watched.entries()) {
    if (!isDeepStrictEqual(change, history[index])) {
      const now = history[index]
      throw new Error(
        `A watcher was told ${show(change)}, and after the crash there is ${now ? show(now) : 'nothing'}.`,
      )
    }
  }
}

/** Whatever a reader saw before the crash is in the history after it, or was there already. */
export function judgeRead(seen: Iterable<Sighting>, history: readonly Change[], firstRevision: bigint): void {
  const changes = new Map(history.map((change) => [change.revision, change]))
  for (const sighting of seen) {
    if (sighting.modRevision < firstRevision) continue
    const effects = changes.get(sighting.modRevision)?.effects ?? []
    const last = effects.findLast(({ key }) => key === sighting.key)
    if (last?.value !== sighting.value) {
      throw new Error(
        `A reader saw ${sighting.key} as of revision ${sighting.modRevision}, which is not there any more.`,
      )
    }
  }
}

function show(of: Change | Operation): string {
  const effects = of.effects.map(
    ({ key, value }) => `${key} ${value === undefined ? 'deleted' : `= ${value.slice(0, 12)}`}`,
  )
  return `${'revision' in of ? `${of.revision}: ` : ''}[${effects.join(', ')}]`
}
