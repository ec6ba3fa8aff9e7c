import type { PermissionType } from '@waypost/client'
import { UsageError } from '../command-line/exit-codes.ts'

/** What somebody may do, in words. `docs/reference/permissions.md` lists the keys behind each. */
export const actions = ['read', 'publish', 'approve', 'operate', 'register'] as const

export type Action = (typeof actions)[number]

/** A permission that an action needs: on one key, or on all keys that start with it. */
export interface Need {
  readonly type: PermissionType
  readonly key: string
  readonly isPrefix: boolean
}

/** An action on a document, a folder with its slash at the end, everything (`''`), or a service. */
export interface Access {
  readonly action: Action
  readonly subject: string
}

const records = '/waypost/config/'

/** What a command does: actions on documents and services, or reading or writing keys. */
export type Asked = Access | readonly Access[] | KeyAccess

export interface KeyAccess {
  readonly type: PermissionType
  readonly key: string
  /** What else names the range on the command line, such as `--prefix`. */
  readonly range?: string | undefined
}

/** The permissions on the keys that an action needs, inside the namespace. Throws a `UsageError` for a wrong subject. */
export function needsOf({ action, subject }: Access): readonly Need[] {
  checkSubject(action, subject)
  switch (action) {
    case 'read':
      return readNeeds(subject)
    case 'publish':
      return [
        ...readNeeds(subject),
        document('readwrite', '/config/', subject),
        document('readwrite', `${records}heads/`, subject),
        folder('readwrite', `${records}releases/`, subject),
        document('readwrite', `${records}canaries/`, subject),
        document('readwrite', `${records}drafts/`, subject),
        prefix('readwrite', '/waypost/audit/'),
      ]
    case 'approve':
      return [
        ...readNeeds(subject),
        document('readwrite', `${records}drafts/`, subject),
        prefix('readwrite', '/waypost/audit/'),
      ]
    case 'operate':
      return [
        prefix('read', `/services/${subject}/`),
        prefix('read', `/waypost/services/subscribers/${subject}/`),
        prefix('readwrite', `/waypost/services/overrides/${subject}/`),
        prefix('write', '/waypost/audit/'),
      ]
    case 'register':
      return [
        prefix('readwrite', `/services/${subject}/`),
        prefix('read', '/services/'),
        prefix('read', '/waypost/services/overrides/'),
        prefix('readwrite', '/waypost/services/subscribers/'),
        prefix('readwrite', '/waypost/services/left/'),
      ]
  }
}

/** Load, confirm what was applied, and look at the history and at who runs what. */
function readNeeds(subject: string): readonly Need[] {
  return [
    document('read', '/config/', subject),
    document('read', `${records}heads/`, subject),
    document('read', `${records}canaries/`, subject),
    document('read', `${records}drafts/`, subject),
    folder('read', `${records}releases/`, subject),
    prefix('read', `${records}schemas/`),
    prefix('read', `${records}policies/`),
    folder('readwrite', `${records}applied/`, subject),
    prefix('readwrite', `${records}consumers/`),
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

function checkSubject(action: Action, subject: string): void {
  const isOfService = action === 'operate' || action === 'register'
  if (isOfService && (subject === '' || subject.includes('/'))) {
    throw new UsageError(`${action} is about a service: write its name, without a slash.`)
  }
  if (subject.startsWith('/')) throw new UsageError('A path is written without the slash in front, such as order/.')
}
