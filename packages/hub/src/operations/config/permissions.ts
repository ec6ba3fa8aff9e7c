import type { KeyPermission } from '../../operation/permission.ts'

const records = '/waypost/config'

/** To read one document and what is recorded of it. */
export const readHistory: readonly KeyPermission[] = [
  { access: 'read', key: '/config/{path}' },
  { access: 'read', key: `${records}/heads/{path}` },
  { access: 'read', prefix: `${records}/releases/{path}/` },
]

/** To read whatever documents there are. */
export const readAll: readonly KeyPermission[] = [
  { access: 'read', prefix: '/config/' },
  ...['heads', 'drafts', 'canaries', 'schemas', 'releases'].map(
    (folder): KeyPermission => ({ access: 'read', prefix: `${records}/${folder}/` }),
  ),
]

/** What a check of a change reads: rules, and all that live processes load. */
const checks: readonly KeyPermission[] = [
  { access: 'read', prefix: '/config/' },
  ...['heads', 'canaries', 'schemas', 'policies', 'consumers'].map(
    (folder): KeyPermission => ({ access: 'read', prefix: `${records}/${folder}/` }),
  ),
]

export const validateDocument: readonly KeyPermission[] = [...checks, ...readHistory]

const audit: readonly KeyPermission[] = [
  { access: 'read', prefix: '/waypost/audit/' },
  { access: 'write', prefix: '/waypost/audit/' },
]

/** To release one document. In the strict mode the right to ask for `publish` takes the place of the writing. */
export const publishDocument: readonly KeyPermission[] = [
  ...validateDocument,
  { access: 'write', key: '/config/{path}' },
  { access: 'write', key: `${records}/heads/{path}` },
  { access: 'write', prefix: `${records}/releases/{path}/` },
  ...audit,
]

export const writeDraft: readonly KeyPermission[] = [
  ...validateDocument,
  { access: 'read', key: `${records}/drafts/{path}` },
  { access: 'write', key: `${records}/drafts/{path}` },
  ...audit,
]

export const publishDraft: readonly KeyPermission[] = [
  ...publishDocument,
  { access: 'read', key: `${records}/drafts/{path}` },
  { access: 'write', key: `${records}/drafts/{path}` },
]

export const writeCanaries: readonly KeyPermission[] = [
  ...validateDocument,
  { access: 'write', key: `${records}/canaries/{path}` },
  { access: 'read', prefix: '/services/' },
  ...audit,
]

export const promoteCanary: readonly KeyPermission[] = [
  ...publishDocument,
  { access: 'write', key: `${records}/canaries/{path}` },
]

/** To set and delete the rules of a kind. */
export function writeRules(folder: 'schemas' | 'policies'): readonly KeyPermission[] {
  return [
    { access: 'read', prefix: '/config/' },
    { access: 'read', prefix: `${records}/${folder}/` },
    { access: 'write', prefix: `${records}/${folder}/` },
    ...audit,
  ]
}
