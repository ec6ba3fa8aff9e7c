import { invalidArgument } from '@waypost/core'
import type { CanaryRule } from '../../records/canary.ts'

/** Throws `invalid-argument` for a rule that is for nobody, or that cannot be meant. */
export function checkRule({ percent, labels, zones, instances }: CanaryRule): void {
  if ([percent, labels, zones, instances].every((condition) => condition === undefined)) {
    throw invalidArgument('The rule of a canary has no condition: give percent, labels, zones or instances.')
  }
  if (percent !== undefined && !(percent >= 0 && percent <= 100)) {
    throw invalidArgument(`percent must be from 0 to 100, not ${percent}.`)
  }
  for (const [what, names] of [
    ['zones', zones],
    ['instances', instances],
    ...Object.entries(labels ?? {}).map(([label, values]) => [`labels.${label}`, values] as const),
  ] as const) {
    if (names !== undefined && (!Array.isArray(names) || names.some((name) => typeof name !== 'string'))) {
      throw invalidArgument(`${what} must be a list of texts.`)
    }
    if (names?.length === 0) throw invalidArgument(`${what} is empty, so the canary would match nobody.`)
  }
}
