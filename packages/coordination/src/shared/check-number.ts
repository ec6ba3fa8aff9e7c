import { invalidArgument, quoted } from '@waypost/core'

/** Checks a whole number within bounds. */
export function checkInteger(value: unknown, name: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`
  throw invalidArgument(`${name} must be a whole number ${bounds}, not ${quoted(value)}.`)
}
