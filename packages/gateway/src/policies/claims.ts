import type { ClaimsSpec } from '../document/limit-spec.ts'

type Claims = Readonly<Record<string, unknown>>

/** A claim by its name, or by a path with dots when no claim has that name. */
export function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let value: unknown = claims
  for (const step of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = Reflect.get(value, step)
  }
  return value
}

/** The name of the first claim that is not as it must be; `undefined` when all are. */
export function unmetClaim(claims: Claims, wanted: ClaimsSpec): string | undefined {
  for (const [name, values] of Object.entries(wanted)) {
    const allowed: readonly unknown[] = Array.isArray(values) ? values : [values]
    const given = claimOf(claims, name)
    const present: readonly unknown[] = Array.isArray(given) ? given : [given]
    if (!present.some((value) => allowed.includes(value))) return name
  }
  return undefined
}

/** Scopes: a list, or a text with spaces between them. */
export function scopesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(' ').filter((scope) => scope !== '')
  return Array.isArray(value) ? value.filter((scope) => typeof scope === 'string') : []
}
