import type { PermissionType } from '@waypost/client'
import type { Access } from '@waypost/config/admin'

/** What a command does: actions on documents and services, or reading or writing keys; else what it needs, in words. */
export type Asked = Access | readonly Access[] | KeyAccess | readonly KeyAccess[] | { readonly needs: string }

export interface KeyAccess {
  readonly type: PermissionType
  readonly key: string
  /** What else names the range on the command line, such as `--prefix`. */
  readonly range?: string | undefined
}

/** All keys below. */
export function keysBelow(type: PermissionType, key: string): KeyAccess {
  return { type, key, range: '--prefix' }
}

/** What writes the record of a scope's policy or schema. */
export function scopeWrites(folder: 'policies' | 'schemas', scope: string): readonly KeyAccess[] {
  return [{ type: 'readwrite', key: `/waypost/config/${folder}/${scope}` }, keysBelow('readwrite', '/waypost/audit/')]
}

/** What reads the policies or schemas. */
export function scopeReads(folder: 'policies' | 'schemas'): KeyAccess {
  return keysBelow('read', `/waypost/config/${folder}/`)
}
