import { quoted, WaypostError } from '@waypost/core'
import type { OidcSettings } from './oidc-options.ts'

/** Who logged in at the provider, and what that means here. */
export interface Person {
  readonly issuer: string
  /** The provider's own, unchangeable name of the account. */
  readonly subject: string
  /** The user of the store. */
  readonly user: string
  /** The roles of the store that the provider's claims lead to. */
  readonly roles: readonly string[]
}

type Claims = Readonly<Record<string, unknown>>

/**
 * Fails with `permission-denied` for somebody whom the claims give no role, or who has no name that can be trusted: an
 * e-mail address that was not verified may be another person's.
 */
export function personOf(claims: Claims, settings: OidcSettings): Person {
  const { userClaim, userPrefix } = settings
  const { iss, sub } = claims
  const name = claims[userClaim]
  if (typeof iss !== 'string' || typeof sub !== 'string') throw denied('The provider does not identify you.')
  if (typeof name !== 'string' || !/^[^\s/\p{Cc}]{1,200}$/u.test(name)) {
    throw denied(`The provider gives you no usable name: the claim ${quoted(userClaim)} is missing or malformed.`)
  }
  if (userClaim === 'email' && claims.email_verified === false) {
    throw denied('The provider has not verified your e-mail address.')
  }
  const roles = rolesOf(claims, settings)
  if (roles.length === 0) {
    throw denied(`None of your groups may use this hub. An administrator can map one of them to roles.`)
  }
  return { issuer: iss, subject: sub, user: userPrefix + name, roles }
}

function rolesOf(claims: Claims, { groupsClaim, roles, defaultRoles }: OidcSettings): readonly string[] {
  const value = claims[groupsClaim]
  const groups = typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter(isText) : []
  return [...new Set([...defaultRoles, ...groups.flatMap((group) => roles.get(group) ?? [])])]
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function denied(message: string): WaypostError {
  return new WaypostError('permission-denied', message)
}
