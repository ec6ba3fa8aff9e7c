import { createSecretKey } from 'node:crypto'
import {
  createLocalJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose'
import type { JwtSpec } from '../../document/policy-spec.ts'
import type { RequestFacts } from '../../request/request-facts.ts'
import { claimOf, scopesIn, unmetClaim } from '../claims.ts'
import { type Credential, credentialOf } from '../credential.ts'
import { forbidden, goOn, unauthorized, unavailable } from '../decisions.ts'
import { headerText } from '../header-text.ts'
import type { Policy, PolicyDecision } from '../policy.ts'
import type { PolicyParts } from '../policy-parts.ts'
import { KeySet } from './key-set.ts'
import { type TokenFault, tokenFault } from './token-errors.ts'
import { VerifiedTokens } from './verified-tokens.ts'

const asymmetric = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519']

/** What a token says, and what is decided by it. */
interface Verified {
  readonly payload: JWTPayload
  readonly decision: PolicyDecision
}

/**
 * Knows clients by JSON Web Tokens. The signature of a token is verified once; later requests with it are decided at
 * once, until it expires or the keys change.
 *
 * Source: RFC 7519, RFC 8725 (best current practices), RFC 6750 (Bearer).
 */
export function jwtPolicy(name: string, spec: JwtSpec, parts: PolicyParts): Policy {
  return new JwtPolicy(name, spec, parts)
}

class JwtPolicy implements Policy {
  readonly name: string
  readonly kind = 'jwt'
  readonly identityHeaders: readonly string[]
  readonly #spec: JwtSpec
  readonly #parts: PolicyParts
  readonly #credential: Credential
  readonly #keySet: KeySet | undefined
  readonly #getKey: JWTVerifyGetKey
  readonly #options: JWTVerifyOptions
  readonly #claimHeaders: readonly (readonly [header: string, claim: string])[]
  readonly #skewSeconds: number
  readonly #tokens = new VerifiedTokens<Verified>()

  constructor(name: string, spec: JwtSpec, parts: PolicyParts) {
    const { jwksUrl, jwks, secret, clockSkewSeconds = 30, refreshMs = 600_000, timeoutMs = 5_000 } = spec
    this.name = name
    this.#spec = spec
    this.#parts = parts
    this.#credential = credentialOf(spec.from, 'authorization', 'Bearer')
    this.#skewSeconds = clockSkewSeconds
    this.#claimHeaders = Object.entries(spec.claimHeaders ?? {}).map(([header, claim]) => [header.toLowerCase(), claim])
    this.identityHeaders = this.#claimHeaders.map(([header]) => header)
    this.#options = {
      algorithms: algorithmsOf(spec),
      issuer: typeof spec.issuer === 'string' ? spec.issuer : [...spec.issuer],
      audience: typeof spec.audience === 'string' ? spec.audience : [...spec.audience],
      clockTolerance: clockSkewSeconds,
      requiredClaims: ['exp'],
    }
    if (jwksUrl !== undefined) {
      const keySet = new KeySet({ url: jwksUrl, refreshMs, timeoutMs }, parts, () => this.#tokens.clear())
      this.#keySet = keySet
      this.#getKey = keySet.get
    } else if (jwks) {
      this.#getKey = createLocalJWKSet({ keys: jwks.keys.map((key) => ({ kty: '', ...key })) })
    } else {
      const key = createSecretKey(Buffer.from(secret ?? '', 'utf8'))
      this.#getKey = () => key
    }
  }

  check(request: RequestFacts): PolicyDecision | Promise<PolicyDecision> {
    const token = this.#credential.read(request)
    if (token === undefined || token === '') {
      return this.#spec.optional === true ? goOn : unauthorized('token-missing', 'This requires a token.', 'Bearer')
    }
    if (token.length > (this.#spec.maxTokenBytes ?? 8_192)) {
      return refused({ code: 'token-too-large', detail: 'The token is too large.' })
    }
    this.#keySet?.refreshWhenOld()
    const known = this.#tokens.get(token)
    if (known === undefined) return this.#verify(token, request)
    const fault = this.#timeFault(known.payload)
    return fault ? refused(fault) : this.#stripped(known.decision, request)
  }

  state(): Readonly<Record<string, unknown>> {
    return this.#keySet?.state ?? {}
  }

  close(): void {
    this.#keySet?.close()
    this.#tokens.clear()
  }

  async #verify(token: string, request: RequestFacts): Promise<PolicyDecision> {
    try {
      const payload = await this.#payloadOf(token)
      const fault = this.#timeFault(payload)
      if (fault) return refused(fault)
      const decision = this.#decide(payload)
      this.#tokens.set(token, { payload, decision })
      return this.#stripped(decision, request)
    } catch (error) {
      return refused(tokenFault(error))
    }
  }

  async #payloadOf(token: string): Promise<JWTPayload> {
    const options = { ...this.#options, currentDate: new Date(this.#parts.clock.epochMs()) }
    try {
      return (await jwtVerify(token, this.#getKey, options)).payload
    } catch (error) {
      // A token without the id of its key, and several keys that it may be.
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
      for await (const key of error) {
        try {
          return (await jwtVerify(token, key, options)).payload
        } catch (attempt) {
          if (!(attempt instanceof errors.JWSSignatureVerificationFailed)) throw attempt
        }
      }
      throw new errors.JWSSignatureVerificationFailed()
    }
  }

  /** What time does to a token that was good once, and one that was issued in the future. */
  #timeFault({ exp = 0, nbf = 0, iat = 0 }: JWTPayload): TokenFault | undefined {
    const nowSeconds = this.#parts.clock.epochMs() / 1_000
    if (exp + this.#skewSeconds <= nowSeconds) return { code: 'token-expired', detail: 'The token has expired.' }
    if (Math.max(nbf, iat) - this.#skewSeconds <= nowSeconds) return undefined
    return { code: 'token-not-yet-valid', detail: 'The token is not valid yet.' }
  }

  #decide(payload: JWTPayload): PolicyDecision {
    const { claims = {}, scopeClaim = 'scope' } = this.#spec
    const unmet = unmetClaim(payload, claims)
    if (unmet !== undefined) return forbidden('claim-missing', `The claim ${unmet} does not allow this.`)
    const requestHeaders: Record<string, string> = {}
    for (const [header, claim] of this.#claimHeaders) {
      const value = claimOf(payload, claim)
      if (value !== undefined && value !== null) requestHeaders[header] = headerText(value)
    }
    const scopes = scopesIn(claimOf(payload, scopeClaim) ?? payload.scp)
    const identity = { subject: payload.sub ?? '', policy: this.name, scopes, claims: payload }
    return { kind: 'continue', requestHeaders, identity }
  }

  #stripped(decision: PolicyDecision, request: RequestFacts): PolicyDecision {
    if (this.#spec.forward !== false || decision.kind === 'answer') return decision
    const { requestHeaders, removeRequestHeaders } = this.#credential.remove(request)
    return { ...decision, removeRequestHeaders, requestHeaders: { ...requestHeaders, ...decision.requestHeaders } }
  }
}

function algorithmsOf({ algorithms, secret }: JwtSpec): string[] {
  const list = algorithms ?? (secret === undefined ? asymmetric : ['HS256'])
  // A public key that is taken for a secret lets everybody sign: the two never mix.
  const strange = list.find((algorithm) => algorithm.startsWith('HS') !== (secret !== undefined))
  if (strange === undefined) return [...list]
  throw new Error(
    secret === undefined ? `${strange} needs a secret, not public keys` : `${strange} needs public keys, not a secret`,
  )
}

function refused({ code, detail, isOurs }: TokenFault): PolicyDecision {
  if (isOurs) return unavailable(code, detail, 5)
  return unauthorized(code, detail, `Bearer error="invalid_token", error_description="${detail}"`)
}
