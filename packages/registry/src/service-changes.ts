import type { Instance, RecordProblem } from './instance.ts'

/**
 * Why an instance is no longer in a view. `left`: it said `leaving` first. `expired`: its lease ran out. `evicted`:
 * somebody deleted the record, although its lease lived or it had none. `unreadable`: its record was overwritten with
 * something that is no record. `filtered`: it no longer fits the view's `where`.
 */
export type RemovalReason = 'left' | 'expired' | 'evicted' | 'unreadable' | 'filtered'

/** From one state of a service to a later one. */
export interface ServiceChanges {
  /** The revision of the later state. */
  readonly revision: bigint
  readonly added: readonly Instance[]
  readonly changed: readonly { readonly current: Instance; readonly previous: Instance }[]
  readonly removed: readonly { readonly instance: Instance; readonly reason: RemovalReason }[]
  /** Records that cannot be read as of now. */
  readonly unreadable: readonly RecordProblem[]
}

/** What happened to one key. */
export interface Delta {
  readonly before: Instance | undefined
  readonly after: Instance | undefined
  /** Why, when there is none after. */
  readonly reason: RemovalReason
}

export function toChanges(
  deltas: ReadonlyMap<string, Delta>,
  unreadable: readonly RecordProblem[],
  revision: bigint,
): ServiceChanges {
  const added: Instance[] = []
  const changed: ServiceChanges['changed'][number][] = []
  const removed: ServiceChanges['removed'][number][] = []
  for (const { before, after, reason } of deltas.values()) {
    if (after === undefined) before && removed.push({ instance: before, reason })
    else if (before === undefined) added.push(after)
    else if (before !== after) changed.push({ current: after, previous: before })
  }
  return { revision, added, changed, removed, unreadable }
}

export function isEmpty({ added, changed, removed, unreadable }: ServiceChanges): boolean {
  return added.length + changed.length + removed.length + unreadable.length === 0
}

/** The difference that a consumer sees who missed the state in between. */
export function mergeChanges(waiting: ServiceChanges, next: ServiceChanges): ServiceChanges | undefined {
  const deltas = new Map(deltasOf(waiting))
  for (const [key, delta] of deltasOf(next)) {
    const first = deltas.get(key)
    deltas.set(key, first ? { ...delta, before: first.before } : delta)
  }
  const unreadable = new Map([...waiting.unreadable, ...next.unreadable].map((problem) => [problem.key, problem]))
  for (const instance of next.added) unreadable.delete(instance.key)
  const merged = toChanges(deltas, [...unreadable.values()], next.revision)
  return isEmpty(merged) ? undefined : merged
}

function* deltasOf({ added, changed, removed }: ServiceChanges): Iterable<[string, Delta]> {
  for (const after of added) yield [after.key, { before: undefined, after, reason: 'expired' }]
  for (const { previous, current } of changed)
    yield [current.key, { before: previous, after: current, reason: 'expired' }]
  for (const { instance, reason } of removed) yield [instance.key, { before: instance, after: undefined, reason }]
}
