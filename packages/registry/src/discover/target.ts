import type { Instance } from '../record/instance.ts'

/** A record of a service as the store has it, or had it last. */
export interface Target {
  readonly instance: Instance
  /** The lease that the record is attached to; 0 for none. */
  readonly lease: bigint
  /** The revision at which the key was created. */
  readonly createRevision: bigint
}

/**
 * Whether a record was made after another of the same address. The process's own words count first: a record that was
 * lost and restored is not newer than it was. Without them on both sides, the revision decides at which the key was
 * created.
 */
export function isLater(one: Target, other: Target): boolean {
  const [oneMs, otherMs] = [registeredMs(one), registeredMs(other)]
  if (oneMs !== undefined && otherMs !== undefined && oneMs !== otherMs) return oneMs > otherMs
  return one.createRevision > other.createRevision
}

function registeredMs({ instance: { registeredAt } }: Target): number | undefined {
  const ms = Date.parse(registeredAt ?? '')
  return Number.isNaN(ms) ? undefined : ms
}
