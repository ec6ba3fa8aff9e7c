import type { RevisionChoice } from './step.ts'

/** Where both stores are: what the choices of a step are relative to. */
export interface Place {
  readonly current: bigint
  readonly compacted: bigint
}

export function revisionAt(choice: RevisionChoice, place: Place): bigint {
  const base = choice.from === 'zero' ? 0n : choice.from === 'current' ? place.current : place.compacted
  return base + BigInt(choice.plus)
}
