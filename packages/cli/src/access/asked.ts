import type { PermissionType } from '@waypost/client'
import type { Access } from '@waypost/config/admin'

/** What a command does: actions on documents and services, or reading or writing keys. */
export type Asked = Access | readonly Access[] | KeyAccess

export interface KeyAccess {
  readonly type: PermissionType
  readonly key: string
  /** What else names the range on the command line, such as `--prefix`. */
  readonly range?: string | undefined
}
