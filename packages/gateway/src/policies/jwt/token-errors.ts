import { errors } from 'jose'
import { KeysUnavailable } from './key-set.ts'

/** Why a token was not accepted. */
export interface TokenFault {
  readonly code: string
  /** A sentence for the client. */
  readonly detail: string
  /** Whether the gateway, not the token, is at fault. */
  readonly isOurs?: true
}

/** What went wrong with a token, by the error of the library. */
export function tokenFault(error: unknown): TokenFault {
  if (error instanceof KeysUnavailable) {
    return { code: 'keys-unavailable', detail: 'The keys of the issuer are not available.', isOurs: true }
  }
  if (error instanceof errors.JWTExpired) return { code: 'token-expired', detail: 'The token has expired.' }
  if (error instanceof errors.JWTClaimValidationFailed) return claimFault(error.claim)
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return { code: 'token-key-unknown', detail: 'The token is signed with a key that is not known.' }
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return { code: 'token-signature', detail: 'The signature of the token is wrong.' }
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return { code: 'token-algorithm', detail: 'The token is signed by an algorithm that is not accepted.' }
  }
  return { code: 'token-malformed', detail: 'The token cannot be read.' }
}

function claimFault(claim: string): TokenFault {
  if (claim === 'nbf' || claim === 'iat') {
    return { code: 'token-not-yet-valid', detail: 'The token is not valid yet.' }
  }
  if (claim === 'iss') return { code: 'token-issuer', detail: 'The token was issued by somebody else.' }
  if (claim === 'aud') return { code: 'token-audience', detail: 'The token was issued for somebody else.' }
  if (claim === 'exp') return { code: 'token-endless', detail: 'The token has no expiry, which is not accepted.' }
  return { code: 'token-claim', detail: `The claim ${claim} of the token is not acceptable.` }
}
