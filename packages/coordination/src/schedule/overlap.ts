import type { Overlap } from './schedule-options.ts'

/** What a leader does with a run that is due. */
export type OverlapDecision = 'start' | 'skip' | 'wait' | 'replace'

/** More than this do not wait. */
export const maxWaiting = 1_000

/** @param waiting how many wait already */
export function decideOverlap(overlap: Overlap, active: number, waiting: number): OverlapDecision {
  if (overlap === 'allow-all' || (active === 0 && waiting === 0)) return 'start'
  switch (overlap) {
    case 'skip':
      return 'skip'
    case 'buffer-one':
      return waiting === 0 ? 'wait' : 'skip'
    case 'buffer-all':
      return waiting < maxWaiting ? 'wait' : 'skip'
    case 'cancel-other':
      return 'replace'
  }
}
