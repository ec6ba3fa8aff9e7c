import { atOnce, eachInSlices } from '@waypost/core'
import type { Instance, RecordProblem } from '../record/instance.ts'

/**
 * Why an instance is no longer in a view.
 *
 * - `left`: it said `leaving` first.
 * - `expired`: its lease ran out.
 * - `evicted`: somebody deleted the record, although its lease lived or it had none.
 * - `replaced`: a later record has its address, as after a restart before the lease of the former process ended.
 * - `unreadable`: its record was overwritten with something that is not a record.
 * - `filtered`: it no longer matches the view's `where`.
 */
export type RemovalReason = 'left' | 'expired' | 'evicted' | 'replaced' | 'unreadable' | 'filtered'

/** From one state of a service to a later one. */
export interface ServiceChanges {
  /** The revision of the later state. */
  readonly revision: bigint
  readonly added: readonly Instance[]
  readonly changed: readonly { readonly current: Instance; readonly previous: Instance }[]
  readonly removed: readonly { readonly instance: Instance; readonly reason: RemovalReason }[]
  /** Records that cannot be read as of now, as a whole or in part. */
  readonly unreadable: readonly RecordProblem[]
}

/** What happened to one key: it is shown now, or it was removed for a reason. */
export type Delta = Shown | Removed

interface Shown {
  readonly before: Instance | undefined
  readonly after: Instance
}

interface Removed {
  readonly before: Instance
  readonly after: undefined
  readonly reason: RemovalReason
}

export function* changesOf(
  deltas: Iterable<readonly [key: string, delta: Delta]>,
  unreadable: readonly RecordProblem[],
  revision: bigint,
): Generator<void, ServiceChanges> {
  const added: Instance[] = []
  const changed: ServiceChanges['changed'][number][] = []
  const removed: ServiceChanges['removed'][number][] = []
  yield* eachInSlices(deltas, ([, delta]) => {
    const { before, after } = delta
    if (after === undefined) removed.push({ instance: before, reason: delta.reason })
    else if (before === undefined) added.push(after)
    else if (before !== after) changed.push({ current: after, previous: before })
  })
  return { revision, added, changed, removed, unreadable }
}

export function isEmpty({ added, changed, removed, unreadable }: ServiceChanges): boolean {
  return added.length + changed.length + removed.length + unreadable.length === 0
}

/** Makes of two steps one. */
export function addDeltas(deltas: Map<string, Delta>, next: Iterable<readonly [key: string, delta: Delta]>): void {
  for (const [key, delta] of next) {
    const first = deltas.get(key)
    const merged = first === undefined ? delta : since(first.before, delta)
    if (merged === undefined) deltas.delete(key)
    else deltas.set(key, merged)
  }
}

/** The difference that a consumer sees that missed the state in between. `undefined` when there is none. */
export function mergeChanges(waiting: ServiceChanges, next: ServiceChanges): ServiceChanges | undefined {
  const deltas = new Map(deltasOf(waiting))
  addDeltas(deltas, deltasOf(next))
  const unreadable = new Map(waiting.unreadable.map((problem) => [problem.key, problem]))
  for (const [key] of deltasOf(next)) unreadable.delete(key)
  for (const problem of next.unreadable) unreadable.set(problem.key, problem)
  const merged = atOnce(changesOf(deltas, [...unreadable.values()], next.revision))
  return isEmpty(merged) ? undefined : merged
}

/** The delta measured from an earlier state; `undefined` when the key was and is absent. */
function since(before: Instance | undefined, delta: Delta): Delta | undefined {
  if (delta.after !== undefined) return { before, after: delta.after }
  return before && { ...delta, before }
}

function* deltasOf({ added, changed, removed }: ServiceChanges): Iterable<[string, Delta]> {
  for (const after of added) yield [after.key, { before: undefined, after }]
  for (const { previous, current } of changed) yield [current.key, { before: previous, after: current }]
  for (const { instance, reason } of removed) yield [instance.key, { before: instance, after: undefined, reason }]
}
