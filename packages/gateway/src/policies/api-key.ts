import { hash, timingSafeEqual } from 'node:crypto'
import type { ApiKeyEntry, ApiKeySpec } from '../document/policy-spec.ts'
import { credentialOf, type Removal } from './credential.ts'
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
  readonly decision: KnownDecision
  /** The decision that takes the key out of the request, and the removal that it was made of. */
  removing: { readonly removal: Removal; readonly decision: PolicyDecision } | undefined
}

type KnownDecision = Extract<PolicyDecision, { kind: 'continue' }>

/** What is known by its digest, and those of them that have been sent, by the key itself. */
interface KnownKeys {
  readonly byDigest: ReadonlyMap<string, KnownKey>
  readonly sent: Map<string, KnownKey>
}

const challenge = 'ApiKey'
const missing = unauthorized('key-missing', 'This requires an API key.', challenge)
const unknown = unauthorized('key-unknown', 'This API key is unknown.', challenge)
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
      const known = find(keys, key)
      if (known === undefined) return unknown
      if (known.entry.disabled === true) return disabled
      if (clock.epochMs() >= known.expiresMs) return expired
      return forward ? known.decision : removing(known, credential.remove(request))
    },
    state: () => ({ keys: keys.byDigest.size }),
    close() {},
  }
}

/**
 * A key that was sent before is found without its digest. There are no more of them than keys in the document, and how
 * long it takes tells only what the answer tells.
 */
function find({ byDigest, sent }: KnownKeys, key: string): KnownKey | undefined {
  const before = sent.get(key)
  if (before !== undefined || key.length > maxKeyLength) return before
  const digest = hash('sha256', key, 'hex')
  const known = byDigest.get(digest)
  // Whoever does not know a key cannot steer its digest, so the look-up tells nothing; the comparison is exact anyway.
  if (known === undefined || !timingSafeEqual(known.digest, Buffer.from(digest, 'hex'))) return undefined
  sent.set(key, known)
  return known
}

function removing(known: KnownKey, removal: Removal): PolicyDecision {
  if (known.removing?.removal !== removal) {
    const { removeRequestHeaders, requestHeaders } = removal
    const own = known.decision.requestHeaders
    const decision: PolicyDecision = {
      ...known.decision,
      removeRequestHeaders,
      requestHeaders: requestHeaders ? { ...requestHeaders, ...own } : own,
    }
    known.removing = { removal, decision }
  }
  return known.removing.decision
}

function knownKeys(name: string, spec: ApiKeySpec, idHeader: string | undefined): KnownKeys {
  const keys = new Map<string, KnownKey>()
  for (const [id, entry] of Object.entries(spec.keys)) {
    const digest = entry.sha256.toLowerCase()
    if (keys.has(digest)) throw new Error(`The key ${id} is the same as another one`)
    const expiresMs = entry.expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(entry.expires)
    if (Number.isNaN(expiresMs)) throw new Error(`The key ${id} ends on a date that does not exist`)
    const identity: Identity = { subject: id, policy: name, scopes: entry.scopes ?? [], claims: { id } }
    const requestHeaders = idHeader === undefined ? undefined : { [idHeader]: headerText(id) }
    const decision: KnownDecision = { kind: 'continue', identity, requestHeaders }
    keys.set(digest, { digest: Buffer.from(digest, 'hex'), entry, expiresMs, decision, removing: undefined })
  }
  return { byDigest: keys, sent: new Map() }
}
