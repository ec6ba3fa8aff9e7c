import type { CanaryRule } from '@waypost/config/admin'

/** Whom a canary is for, in words. */
export function ruleText({ percent, labels, zones, instances }: CanaryRule): string {
  const parts = [
    ...(percent === undefined ? [] : [`${percent} %`]),
    ...Object.entries(labels ?? {}).map(([name, values]) => `${name}=${values.join('|')}`),
    ...(zones === undefined ? [] : [`zone ${zones.join('|')}`]),
    ...(instances === undefined ? [] : [`instance ${instances.join('|')}`]),
  ]
  return parts.join(' and ')
}
