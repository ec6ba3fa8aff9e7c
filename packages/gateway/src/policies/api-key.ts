import { hash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '@waypost/core'
import type { ApiKeyEntry, ApiKeySpec } from '../document/policy-spec.ts'
import { credentialOf } from './credential.ts'
import { goOn, unauthorized } from './decisions.ts'
import { headerText } from './header-text.ts'
import type { Identity, Policy, PolicyDecision } from './policy.ts'
import type { PolicyParts } from './policy-parts.ts'

/** Longer ones are not hashed. */
const maxKeyLength = 512

interface KnownKey {
  readonly digest: Uint8Array
  readonly entry: ApiKeyEntry
  readonly expiresMs: number
  readonly identity: Identity
  readonly decision: PolicyDecision
}

const challenge = 'ApiKey'
const missing = unauthorized('key-missing', 'This needs an API key.', challenge)
const unknown = unauthorized('key-unknown', 'This API key is not known.', challenge)
const expired = unauthorized('key-expired', 'This API key has expired.', challenge)
const disabled = unauthorized('key-disabled', 'This API key is disabled.', challenge)

/**
 * Knows clients by keys that they send. Keys are random and long, so one round of SHA-256 keeps them: who has the
 * document cannot find the keys, and comparing takes the same time whatever is sent.
 */
export function apiKeyPolicy(name: string, spec: ApiKeySpec, { clock }: Pick<PolicyParts, 'clock'>): Policy {
  const { forward = false, optional = false } = spec
  const credential = credentialOf(spec.from, 'x-api-key', 'ApiKey')
  const idHeader = spec.idHeader?.toLowerCase()
  const keys = knownKeys(name, spec, idHeader)
  return {
    name,
    kind: 'apiKey',
    identityHeaders: idHeader === undefined ? [] : [idHeader],
    check(request) {
      const key = credential.read(request)
      if (key === undefined || key === '') return optional ? goOn : missing
      const decision = decide(keys, key, clock)
      if (forward || decision.kind === 'answer') return decision
      const { requestHeaders, removeRequestHeaders } = credential.remove(request)
      return { ...decision, removeRequestHeaders, requestHeaders: { ...requestHeaders, ...decision.requestHeaders } }
    },
    state: () => ({ keys: keys.size }),
    close() {},
  }
}

function decide(keys: ReadonlyMap<string, KnownKey>, key: string, clock: Clock): PolicyDecision {
  if (key.length > maxKeyLength) return unknown
  const digest = hash('sha256', key, 'hex')
  const known = keys.get(digest)
  // Whoever does not know a key cannot steer its digest, so the look-up tells nothing; the comparison is exact anyway.
  if (known === undefined || !timingSafeEqual(known.digest, Buffer.from(digest, 'hex'))) return unknown
  if (known.entry.disabled === true) return disabled
  return clock.epochMs() < known.expiresMs ? known.decision : expired
}

function knownKeys(name: string, spec: ApiKeySpec, idHeader: string | undefined): ReadonlyMap<string, KnownKey> {
  const keys = new Map<string, KnownKey>()
  for (const [id, entry] of Object.entries(spec.keys)) {
    const digest = entry.sha256.toLowerCase()
    if (keys.has(digest)) throw new Error(`The key ${id} is the same as another one`)
    const expiresMs = entry.expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(entry.expires)
    if (Number.isNaN(expiresMs)) throw new Error(`The key ${id} ends on a date that does not exist`)
    const identity: Identity = { subject: id, policy: name, scopes: entry.scopes ?? [], claims: { id } }
    const requestHeaders = idHeader === undefined ? undefined : { [idHeader]: headerText(id) }
    const decision: PolicyDecision = { kind: 'continue', identity, requestHeaders }
    keys.set(digest, { digest: Buffer.from(digest, 'hex'), entry, expiresMs, identity, decision })
  }
  return keys
}
