import { deepFreeze, quoted } from '@waypost/core'
import { textProblem, weightProblem } from '../record/bounds.ts'
import type { Instance } from '../record/instance.ts'
import type { AppliedOverride, Override } from '../record/override.ts'

export type ReadOverride =
  | { readonly override: Override; readonly problem?: undefined }
  | { readonly override?: undefined; readonly problem: string }

/** Reads an override's value. Never throws; one that cannot be understood as a whole is not applied in part. */
export function readOverride(text: string): ReadOverride {
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problem: 'The override is not a JSON object.' }
  }
  const fields: Readonly<Record<string, unknown>> = { ...value }
  const { weight, status, reason, by, at } = fields
  const wrongWeight = weight === undefined ? undefined : weightProblem(weight)
  if (wrongWeight !== undefined) return { problem: wrongWeight }
  if (status !== undefined && status !== 'leaving' && status !== 'disabled') {
    return { problem: `The override's status is neither leaving nor disabled: ${quoted(status)}` }
  }
  return {
    override: Object.freeze({
      weight: asNumber(weight),
      status,
      reason: asText(reason),
      by: asText(by),
      at: asText(at),
    }),
  }
}

/** The instance as consumers are to see it. The same object when there is nothing to change. */
export function withOverride(instance: Instance, override: Override | undefined): Instance {
  const registered = registeredOf(instance)
  if (override === undefined) {
    return instance.override === undefined ? instance : deepFreeze({ ...instance, ...registered, override })
  }
  return deepFreeze({
    ...instance,
    weight: override.weight ?? registered.weight,
    // An instance that leaves by itself is leaving, whatever an override says.
    status: registered.status === 'leaving' ? 'leaving' : (override.status ?? registered.status),
    override: { ...override, registered },
  })
}

/** What the instance's own record says. */
export function registeredOf(instance: Instance): AppliedOverride['registered'] {
  const { override, weight, status } = instance
  if (override !== undefined) return override.registered
  // Only an override disables.
  return { weight, status: status === 'disabled' ? 'up' : status }
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function asText(value: unknown): string | undefined {
  return textProblem('text', value) === undefined && typeof value === 'string' ? value : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
