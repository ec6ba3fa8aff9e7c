import type { Instance } from '@waypost/registry'

/** Weights as whole numbers of at least 1, in proportion to those of the instances, none of which is 0. */
export function wholeWeights(instances: readonly Instance[]): readonly number[] {
  const weights = instances.map(({ weight }) => weight)
  const isWhole = weights.every(Number.isInteger)
  return isWhole ? weights : weights.map((weight) => Math.max(1, Math.round(weight * 100)))
}
