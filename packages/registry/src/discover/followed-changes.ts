import type { RecordProblem } from '../record/instance.ts'
import type { Delta, ServiceChanges } from './service-changes.ts'

/** What changed in a service, before any view's filter. */
export interface FollowedChanges {
  readonly revision: bigint
  readonly deltas: Iterable<readonly [key: string, delta: Delta]>
  readonly unreadable: readonly RecordProblem[]
  /** The same as a view without a filter tells it: one object for all of them. */
  readonly changes: ServiceChanges
}
