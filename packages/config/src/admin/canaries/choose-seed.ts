import { randomBytes } from 'node:crypto'
import { percentileOf } from '../../canary/assign.ts'

/** Each place of an instance by a seed is a hash: some milliseconds in all. */
const maxHashes = 4_000

export function newSeed(): string {
  return randomBytes(8).toString('hex')
}

/**
 * A seed by which the share of some instances that has a canary is as near to `percent` as can be, and at least one:
 * by chance alone, 34 % of three instances may be none of them or all. Instances that come later are spread by chance.
 */
export function seedFor(instances: readonly string[], percent: number): string {
  const wanted = Math.max(1, Math.round((instances.length * percent) / 100))
  const tries = Math.max(4, Math.floor(maxHashes / instances.length))
  let best = newSeed()
  let bestDistance = Number.POSITIVE_INFINITY
  for (let attempt = 0, seed = best; attempt < tries && bestDistance > 0; attempt++, seed = newSeed()) {
    const reached = instances.filter((instance) => percentileOf(instance, seed) < percent).length
    const distance = reached === 0 ? Number.MAX_VALUE : Math.abs(reached - wanted)
    if (distance < bestDistance) [best, bestDistance] = [seed, distance]
  }
  return best
}
