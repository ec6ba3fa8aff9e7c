import type { PolicySpec } from '../document/policy-spec.ts'
import { addressesPolicy } from './addresses.ts'
import { apiKeyPolicy } from './api-key.ts'
import { basicPolicy } from './basic.ts'
import { clientCertificatePolicy } from './client-certificate.ts'
import { concurrencyPolicy } from './concurrency.ts'
import { corsPolicy } from './cors.ts'
import { forwardAuthPolicy } from './forward-auth.ts'
import { jwtPolicy } from './jwt/jwt.ts'
import type { Policy } from './policy.ts'
import type { PolicyParts } from './policy-parts.ts'
import { ratePolicy } from './rate.ts'

/**
 * Makes a policy of the document. Throws an `Error` with a sentence for its author. A new kind is a file beside this
 * one, a line here, and its schema in `document/schema/policies.ts`.
 */
export function createPolicy(name: string, spec: PolicySpec, parts: PolicyParts): Policy {
  const { jwt, apiKey, basic, forwardAuth, clientCertificate, addresses, cors, rate, concurrency } = spec
  if (jwt) return jwtPolicy(name, jwt, parts)
  if (apiKey) return apiKeyPolicy(name, apiKey, parts)
  if (basic) return basicPolicy(name, basic)
  if (forwardAuth) return forwardAuthPolicy(name, forwardAuth, parts)
  if (clientCertificate) return clientCertificatePolicy(name, clientCertificate)
  if (addresses) return addressesPolicy(name, addresses)
  if (cors) return corsPolicy(name, cors)
  if (rate) return ratePolicy(name, rate, parts)
  if (concurrency) return concurrencyPolicy(name, concurrency, parts)
  throw new Error('A policy is of one kind')
}
