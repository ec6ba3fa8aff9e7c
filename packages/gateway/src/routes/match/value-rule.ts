import type { ValueSpec } from '../../document/routes-document.ts'
import { compileRegularExpression } from './regular-expression.ts'

/** Whether the value of a header, a parameter or a cookie is as a route wants it; `undefined`: it is not there. */
export type ValueTest = (value: string | undefined) => boolean

/** Compiles a rule for a value. Throws an `Error` with a sentence for the document's author. */
export function compileValueRule(spec: ValueSpec): ValueTest {
  if (typeof spec === 'string') return (value) => value === spec
  const { exact, oneOf, prefix, regex, present } = spec
  if (exact !== undefined) return (value) => value === exact
  if (oneOf !== undefined) {
    const values = new Set(oneOf)
    return (value) => value !== undefined && values.has(value)
  }
  if (prefix !== undefined) return (value) => value?.startsWith(prefix) === true
  if (regex !== undefined) {
    const expression = compileRegularExpression(regex)
    return (value) => value !== undefined && expression.fits(value)
  }
  return (value) => (value !== undefined) === (present ?? true)
}

/** A rule in words, for explanations. */
export function valueRuleText(spec: ValueSpec): string {
  if (typeof spec === 'string') return JSON.stringify(spec)
  const { exact, oneOf, prefix, regex, present } = spec
  if (exact !== undefined) return JSON.stringify(exact)
  if (oneOf !== undefined) return `one of ${oneOf.map((value) => JSON.stringify(value)).join(', ')}`
  if (prefix !== undefined) return `beginning with ${JSON.stringify(prefix)}`
  if (regex !== undefined) return `fitting ${regex}`
  return (present ?? true) ? 'present' : 'absent'
}
