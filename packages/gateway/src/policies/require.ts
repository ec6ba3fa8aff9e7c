import type { ClaimsSpec } from '../document/limit-spec.ts'
import { unmetClaim } from './claims.ts'
import { forbidden, goOn } from './decisions.ts'
import type { Policy } from './policy.ts'

export interface RequireSpec {
  readonly scopes?: readonly string[]
  readonly claims?: ClaimsSpec
}

/** What a route requires of the identity that its policies have found. */
export function requirePolicy(name: string, { scopes = [], claims = {} }: RequireSpec): Policy {
  return {
    name,
    kind: 'require',
    identityHeaders: [],
    check(_request, { identity }) {
      if (identity === undefined)
        return forbidden('identity-missing', 'This requires an identity, and no policy found one.')
      const scope = scopes.find((each) => !identity.scopes.includes(each))
      if (scope !== undefined) return forbidden('scope-missing', `This needs the scope ${scope}.`)
      const claim = unmetClaim(identity.claims, claims)
      return claim === undefined ? goOn : forbidden('claim-missing', `The claim ${claim} does not allow this.`)
    },
    close() {},
  }
}
