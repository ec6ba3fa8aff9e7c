import type { CredentialSpec } from '../document/policy-spec.ts'
import { withoutCookie } from '../request/cookies.ts'
import type { RequestFacts } from '../request/request-facts.ts'
import { headerOf, parameterOf, requestCookie } from '../request/request-values.ts'
import type { PolicyDecision } from './policy.ts'

/** What of a decision takes the client's proof out of the request. */
export type Removal = Pick<Extract<PolicyDecision, { kind: 'continue' }>, 'removeRequestHeaders' | 'requestHeaders'>

const nothing: Removal = {}

/** Where a client's proof stands in its request. */
export interface Credential {
  read(request: RequestFacts): string | undefined
  /**
   * Takes it out of the request to the instance, by the same object where that is the same for all. A parameter of the
   * query stays: it is part of the address.
   */
  remove(request: RequestFacts): Removal
}

/** @param scheme of the `Authorization` header, such as `Bearer` */
export function credentialOf(spec: CredentialSpec | undefined, fallback: string, scheme: string): Credential {
  const { cookie, query } = spec ?? {}
  if (cookie !== undefined) {
    return {
      read: (request) => requestCookie(request, cookie),
      remove: (request) => {
        const left = withoutCookie(headerOf(request, 'cookie') ?? '', cookie)
        return left === undefined ? { removeRequestHeaders: ['cookie'] } : { requestHeaders: { cookie: left } }
      },
    }
  }
  if (query !== undefined) return { read: (request) => parameterOf(request, query), remove: () => nothing }
  const name = (spec?.header ?? fallback).toLowerCase()
  const removal: Removal = { removeRequestHeaders: [name] }
  const prefix = `${scheme} `.toLowerCase()
  return {
    read(request) {
      const value = headerOf(request, name)
      if (value === undefined) return undefined
      if (value.slice(0, prefix.length).toLowerCase() === prefix) return value.slice(prefix.length).trim()
      // Another scheme is another client's business; any other header holds the bare proof.
      return name === 'authorization' ? undefined : value
    },
    remove: () => removal,
  }
}
