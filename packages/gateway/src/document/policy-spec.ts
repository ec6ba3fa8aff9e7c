import type { ClaimsSpec, ConcurrencySpec, RateSpec } from './limit-spec.ts'

/** A policy of the document: one kind each. */
export interface PolicySpec {
  readonly jwt?: JwtSpec
  readonly apiKey?: ApiKeySpec
  readonly basic?: BasicSpec
  readonly forwardAuth?: ForwardAuthSpec
  readonly clientCertificate?: ClientCertificateSpec
  readonly addresses?: AddressesSpec
  readonly cors?: CorsSpec
  readonly rate?: RateSpec
  readonly concurrency?: ConcurrencySpec
}

/** Where a client's proof stands in its request. */
export interface CredentialSpec {
  readonly header?: string
  readonly cookie?: string
  readonly query?: string
}

export interface JwtSpec {
  readonly issuer: string | readonly string[]
  readonly audience: string | readonly string[]
  readonly jwksUrl?: string
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] }
  readonly secret?: string
  readonly algorithms?: readonly string[]
  readonly clockSkewSeconds?: number
  readonly from?: CredentialSpec
  readonly optional?: boolean
  readonly claims?: ClaimsSpec
  readonly claimHeaders?: Readonly<Record<string, string>>
  readonly scopeClaim?: string
  readonly forward?: boolean
  readonly maxTokenBytes?: number
  readonly refreshMs?: number
  readonly timeoutMs?: number
}

export interface ApiKeySpec {
  readonly from?: CredentialSpec
  readonly keys: Readonly<Record<string, ApiKeyEntry>>
  readonly idHeader?: string
  readonly forward?: boolean
  readonly optional?: boolean
}

export interface ApiKeyEntry {
  readonly sha256: string
  readonly scopes?: readonly string[]
  readonly expires?: string
  readonly disabled?: boolean
}

export interface BasicSpec {
  readonly realm?: string
  readonly users: Readonly<Record<string, BasicUser>>
  readonly userHeader?: string
  readonly forward?: boolean
}

export interface BasicUser {
  readonly password?: string
  readonly scrypt?: string
  readonly scopes?: readonly string[]
}

export interface ForwardAuthSpec {
  readonly url: string
  readonly requestHeaders?: readonly string[]
  readonly identityHeaders?: readonly string[]
  readonly timeoutMs?: number
}

export interface ClientCertificateSpec {
  readonly subjects?: readonly string[]
  readonly alternativeNames?: readonly string[]
  readonly fingerprints?: readonly string[]
  readonly subjectHeader?: string
}

export interface AddressesSpec {
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
}

export interface CorsSpec {
  readonly origins: readonly string[]
  readonly methods?: readonly string[]
  readonly requestHeaders?: readonly string[]
  readonly exposedHeaders?: readonly string[]
  readonly credentials?: boolean
  readonly maxAgeSeconds?: number
}
