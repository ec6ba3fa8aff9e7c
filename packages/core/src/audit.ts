/** Where it is kept who did what. */
export const auditPrefix = '/waypost/audit/'

/** The entries alone. Their keys begin with a date, and a colon follows the digit nine; the chain's own key is a word. */
export const auditEntries = { from: auditPrefix, to: `${auditPrefix}:` } as const

/** The end of the chain of entries: an `AuditChain`. Written in one transaction with each entry. */
export const auditChainKey = `${auditPrefix}chain`

/** Who did what. Written in one transaction with what was done. */
export interface AuditRecord {
  /** By the writer's clock, ISO 8601. The order of events is that of the chain. */
  readonly at: string
  readonly author?: string | undefined
  /** The network address that it was asked from, where somebody else wrote it for the author, as the hub does. */
  readonly address?: string | undefined
  /** The process that did it: the process id of its identity. */
  readonly process?: string | undefined
  /** `publish`, `canary.create`, `service.drain`, … */
  readonly action: string
  /** What the action does not say by itself: `weight 0`, `pool to 50 %`. */
  readonly detail?: string | undefined
  /** The configuration's documents that it is about. */
  readonly paths?: readonly string[] | undefined
  /** The instances that it is about: `user/a` is the instance `a` of the service `user`. */
  readonly instances?: readonly string[] | undefined
  readonly comment?: string | undefined
}

/** How an entry is chained to the one before it. */
export interface AuditLink {
  /** From 1, without gaps. */
  readonly sequence: number
  /** The hash of the entry before; `''` for the first. */
  readonly previous: string
}

/** Entries that were pruned, next to each other. It takes their place in the chain. */
export interface AuditSpan {
  readonly from: number
  readonly to: number
  /** What the first of them said of the entry before it. */
  readonly previous: string
  /** The hash of the last of them, which the next entry names. */
  readonly hash: string
  /** When it was pruned last, and by whom. */
  readonly at?: string | undefined
  readonly by?: string | undefined
}

/** The end of the chain: the last entry, and what was pruned. */
export interface AuditChain {
  readonly sequence: number
  readonly hash: string
  /** By `from`. One span, unless clocks differ: entries go by the age that their writers' clocks say. */
  readonly pruned?: readonly AuditSpan[] | undefined
}

/** A new key for an entry, ordered by the writer's clock as far as that is right. */
export function auditKey(epochMs: number): string {
  return `${auditPrefix}${new Date(epochMs).toISOString()}-${crypto.randomUUID().slice(0, 8)}`
}

/**
 * The entry that comes after the end of the chain, and the chain's new end. Both are written in one transaction, under
 * the condition that the chain's key has not changed since it was read. Without a chain, or with one that cannot be
 * read, the entry begins a new one: what is done at night must not wait until somebody has looked at that, and a
 * verification shows it.
 *
 * @param stored the value of `auditChainKey`
 */
export async function nextAuditEntry(
  stored: Uint8Array | undefined,
  key: string,
  record: AuditRecord,
): Promise<{ readonly value: string; readonly chain: string }> {
  const end = parseAuditChain(stored)
  const sequence = (end?.sequence ?? 0) + 1
  const link: AuditLink = { sequence, previous: end?.hash ?? '' }
  const value = JSON.stringify({ ...record, ...link })
  const chain: AuditChain = { sequence, hash: await auditHash(key, value), pruned: end?.pruned }
  return { value, chain: JSON.stringify(chain) }
}

/** SHA-256, in hexadecimal, of an entry's key (without a namespace), a line feed, and its value. */
export async function auditHash(key: string, value: string | Uint8Array): Promise<string> {
  const encoder = new TextEncoder()
  const head = encoder.encode(`${key}\n`)
  const body = typeof value === 'string' ? encoder.encode(value) : value
  const bytes = new Uint8Array(head.length + body.length)
  bytes.set(head)
  bytes.set(body, head.length)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** `undefined` when there is none, or when it cannot be read. */
export function parseAuditChain(stored: Uint8Array | undefined): AuditChain | undefined {
  if (stored === undefined) return undefined
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(stored))
    return isChain(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isChain(value: unknown): value is AuditChain {
  if (!isObject(value) || !isSequence(value.sequence) || typeof value.hash !== 'string') return false
  return value.pruned === undefined || (Array.isArray(value.pruned) && value.pruned.every(isSpan))
}

function isSpan(value: unknown): value is AuditSpan {
  if (!isObject(value) || !isSequence(value.from) || !isSequence(value.to)) return false
  return typeof value.previous === 'string' && typeof value.hash === 'string'
}

function isSequence(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
