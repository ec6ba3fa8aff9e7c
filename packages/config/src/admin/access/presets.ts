import type { PermissionType } from '@waypost/client'
import { invalidArgument } from '@waypost/core'
import { recordFolders } from '../../records/keys.ts'
import { type AccessMode, modeKey, type Right, rightKey } from './rights.ts'

/** What somebody may do, in words. `docs/reference/permissions.md` lists the keys behind each. */
export const accessActions = ['read', 'publish', 'approve', 'bypass', 'govern', 'operate', 'register', 'hub'] as const

export type AccessAction = (typeof accessActions)[number]

/** A permission that an action needs: on one key, or on all keys that start with it. */
export interface Need {
  readonly type: PermissionType
  readonly key: string
  readonly isPrefix: boolean
}

/** An action on a document, a folder with its slash at the end, everything (`''`), or a service. */
export interface Access {
  readonly action: AccessAction
  readonly subject: string
}

const servicesPrefix = '/services/'
const overrides = '/waypost/services/overrides/'
const subscribers = '/waypost/services/subscribers/'
const left = '/waypost/services/left/'
const checks = '/waypost/services/checks/'
const names = '/waypost/names/'
const audit = '/waypost/audit/'

/** What nobody but the hub writes in the strict mode. */
export const protectedPrefixes: readonly string[] = [
  '/config/',
  recordFolders.heads,
  recordFolders.releases,
  recordFolders.drafts,
  recordFolders.canaries,
  recordFolders.schemas,
  recordFolders.policies,
  overrides,
  audit,
  modeKey,
]

/** The permissions on the keys that an action needs, inside the namespace. Throws `invalid-argument` for a wrong subject. */
export function needsOf(access: Access, mode: AccessMode = 'direct'): readonly Need[] {
  checkSubject(access)
  const { action, subject } = access
  switch (action) {
    case 'read':
      return readNeeds(subject)
    case 'register':
      return [
        prefix('readwrite', `${servicesPrefix}${subject}/`),
        prefix('read', servicesPrefix),
        prefix('read', overrides),
        prefix('readwrite', subscribers),
        prefix('readwrite', left),
        prefix('readwrite', `${checks}${subject}/`),
        { type: 'readwrite', key: `${names}${subject}`, isPrefix: false },
      ]
    case 'hub':
      return [prefix('readwrite', '/config/'), prefix('readwrite', servicesPrefix), prefix('readwrite', '/waypost/')]
    default:
      return [
        ...(action === 'operate' ? serviceNeeds(subject) : readNeeds(subject)),
        ...(mode === 'strict' ? askNeeds(action, subject) : writeNeeds(action, subject)),
      ]
  }
}

/** Load, confirm what was applied, and look at the history and at who runs what. */
function readNeeds(subject: string): readonly Need[] {
  return [
    document('read', '/config/', subject),
    document('read', recordFolders.heads, subject),
    document('read', recordFolders.canaries, subject),
    document('read', recordFolders.drafts, subject),
    folder('read', recordFolders.releases, subject),
    prefix('read', recordFolders.schemas),
    prefix('read', recordFolders.policies),
    folder('readwrite', recordFolders.applied, subject),
    prefix('readwrite', recordFolders.consumers),
  ]
}

function serviceNeeds(service: string): readonly Need[] {
  return [prefix('read', `${servicesPrefix}${service}/`), prefix('read', `${subscribers}${service}/`)]
}

function writeNeeds(action: Right, subject: string): readonly Need[] {
  switch (action) {
    case 'publish':
    case 'bypass':
      return [
        document('readwrite', '/config/', subject),
        document('readwrite', recordFolders.heads, subject),
        folder('readwrite', recordFolders.releases, subject),
        document('readwrite', recordFolders.canaries, subject),
        document('readwrite', recordFolders.drafts, subject),
        prefix('readwrite', audit),
      ]
    case 'approve':
      return [document('readwrite', recordFolders.drafts, subject), prefix('readwrite', audit)]
    case 'govern':
      return [
        document('readwrite', recordFolders.schemas, subject),
        document('readwrite', recordFolders.policies, subject),
        prefix('readwrite', audit),
      ]
    case 'operate':
      return [prefix('readwrite', `${overrides}${subject}/`), prefix('readwrite', audit)]
  }
}

/** The marker that stands for the right, what tells a client that it has to ask, and the audit to look at. */
function askNeeds(action: Right, subject: string): readonly Need[] {
  const marker = action === 'operate' ? `${subject}/` : subject
  const reads: readonly Need[] = action === 'operate' ? [prefix('read', `${overrides}${subject}/`)] : []
  return [
    ...reads,
    { type: 'write', key: rightKey(action, marker), isPrefix: isFolder(marker) },
    { type: 'read', key: modeKey, isPrefix: false },
    prefix('read', audit),
  ]
}

/** One key for each document: all below a folder, or one. */
function document(type: PermissionType, root: string, subject: string): Need {
  return { type, key: root + subject, isPrefix: isFolder(subject) }
}

/** Several keys for each document, in a folder of its name. */
function folder(type: PermissionType, root: string, subject: string): Need {
  return prefix(type, isFolder(subject) ? root + subject : `${root}${subject}/`)
}

function prefix(type: PermissionType, key: string): Need {
  return { type, key, isPrefix: true }
}

function isFolder(subject: string): boolean {
  return subject === '' || subject.endsWith('/')
}

function checkSubject({ action, subject }: Access): void {
  const isOfService = action === 'operate' || action === 'register'
  if (isOfService && (subject === '' || subject.includes('/'))) {
    throw invalidArgument(`${action} is about a service: write its name, without a slash.`)
  }
  if (action === 'hub' && subject !== '') throw invalidArgument("hub is about everything: write '' as its subject.")
  if (subject.startsWith('/')) throw invalidArgument('A path is written without the slash in front, such as order/.')
}
