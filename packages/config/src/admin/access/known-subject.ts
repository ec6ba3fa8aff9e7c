import type { EtcdClient } from '@waypost/client'
import { type CallOptions, quoted, WaypostError } from '@waypost/core'
import { recordFolders } from '../../records/keys.ts'
import type { Access } from './presets.ts'

/** Where something stands of a service that is there or ever was, as long as the store remembers it. */
const serviceFolders = [
  '/services/',
  '/waypost/services/left/',
  '/waypost/services/overrides/',
  '/waypost/services/subscribers/',
]

const documentFolders = ['/config/', recordFolders.heads, recordFolders.drafts]

/** These let something begin that is not there yet. */
const beginnings: ReadonlySet<Access['action']> = new Set(['publish', 'register', 'bypass', 'govern', 'hub'])

/**
 * Whether there is, or was, what an access is about. Throws `not-found` when there was not and the action makes no
 * sense without it: most likely the subject is misspelt, and nobody gets what was meant.
 */
export async function isKnownSubject(
  etcd: EtcdClient,
  access: Access,
  { evenIfUnknown = false, ...options }: CallOptions & { readonly evenIfUnknown?: boolean | undefined },
): Promise<boolean> {
  const { action, subject } = access
  if (subject === '' || (await isThere(etcd, access, options))) return true
  if (evenIfUnknown || beginnings.has(action)) return false
  throw new WaypostError(
    'not-found',
    `${nothingThere(access)} Check the spelling, or accept it with evenIfUnknown (--even-if-unknown).`,
    { details: { mayBeConfirmedBy: 'evenIfUnknown' } },
  )
}

/** A sentence about a subject that is not there. */
export function nothingThere({ action, subject }: Access): string {
  if (isService(action)) return `There is no service ${quoted(subject)}.`
  return subject.endsWith('/')
    ? `There is no document below ${quoted(subject)}.`
    : `There is no document ${quoted(subject)}.`
}

function isService(action: Access['action']): boolean {
  return action === 'operate' || action === 'register'
}

async function isThere(etcd: EtcdClient, { action, subject }: Access, options: CallOptions): Promise<boolean> {
  const folders = isService(action) ? serviceFolders : documentFolders
  const isPrefix = isService(action) || subject.endsWith('/')
  const name = isService(action) ? `${subject}/` : subject
  const counts = await Promise.all(
    folders.map((folder) => etcd.kv.count(isPrefix ? { prefix: folder + name } : { key: folder + name }, options)),
  )
  return counts.some((count) => count > 0n)
}
