import type { KeyPermission } from '../../operation/permission.ts'

const records = '/waypost/config'

/** To read one document and what is recorded of it. */
export const readDocument: readonly KeyPermission[] = [
  { access: 'read', key: '/config/{path}' },
  { access: 'read', key: `${records}/heads/{path}` },
]

export const readHistory: readonly KeyPermission[] = [
  ...readDocument,
  { access: 'read', prefix: `${records}/releases/{path}/` },
]

/** To read whatever documents there are. */
export const readAll: readonly KeyPermission[] = [
  { access: 'read', prefix: '/config/' },
  ...['heads', 'drafts', 'canaries', 'schemas', 'releases'].map(
    (folder): KeyPermission => ({ access: 'read', prefix: `${records}/${folder}/` }),
  ),
]
