import { createHash } from 'node:crypto'
import type { ResolvedIdentity } from '../identity.ts'
import type { CanariesRecord, Canary, CanaryRule } from '../records/canary.ts'

/**
 * The canary that an instance gets in the place of a document: the first, by order, whose rule it meets.
 * The answer depends on the instance's own properties alone, so it is the same after a restart and in every process.
 */
export function canaryFor({ canaries }: CanariesRecord, identity: ResolvedIdentity): Canary | undefined {
  return canaries.toSorted((a, b) => a.order - b.order).find((canary) => meets(canary.rule, canary.seed, identity))
}

/** Every condition that is given must hold; a rule without any is for nobody. */
function meets({ percent, labels, zones, instances }: CanaryRule, seed: string, identity: ResolvedIdentity): boolean {
  if ([percent, labels, zones, instances].every((condition) => condition === undefined)) return false
  if (instances && !instances.includes(identity.instance)) return false
  if (zones && !(identity.zone !== undefined && zones.includes(identity.zone))) return false
  for (const [label, values] of Object.entries(labels ?? {})) {
    const value = identity.labels && Object.hasOwn(identity.labels, label) ? identity.labels[label] : undefined
    if (value === undefined || !values.includes(value)) return false
  }
  return percent === undefined || percentileOf(identity.instance, seed) < percent
}

/**
 * Where an instance stands between 0 and 100: evenly spread, the same forever for one seed, and unrelated for another.
 * An instance is in a canary of `percent` when it stands below it, so raising the percentage only adds.
 */
export function percentileOf(instance: string, seed: string): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, instance]))
    .digest()
  return (digest.readUIntBE(0, 6) / 2 ** 48) * 100
}
