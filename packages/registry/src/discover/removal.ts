import type { CacheChange } from '@waypost/client'
import { registeredOf } from '../operate/override.ts'
import type { Instance, RecordProblem } from '../record/instance.ts'
import type { RemovalReason } from './service-changes.ts'

/** Whether somebody may wait until consumers send nothing new there. */
export function isWaitedFor(before: Instance | undefined, after: Instance | undefined): boolean {
  return (
    after !== undefined &&
    after.status !== before?.status &&
    (after.status === 'leaving' || after.status === 'disabled')
  )
}

/** It took traffic, said nothing of leaving, and had a lease that may have run out by mistake. */
export function isLoss(before: Instance, { previous }: CacheChange): boolean {
  return before.status === 'up' && previous?.lease !== 0n
}

export function reasonOf(
  { previous }: CacheChange,
  before: Instance | undefined,
  problem: RecordProblem | undefined,
): RemovalReason {
  if (problem) return 'unreadable'
  if (before && registeredOf(before).status === 'leaving') return 'left'
  return previous?.lease === 0n ? 'evicted' : 'expired'
}
