import type { CallOptions } from '@waypost/core'
import type { Key, RangeSelector } from './key.ts'

export type PermissionType = 'read' | 'write' | 'readwrite'

export interface Permission {
  readonly type: PermissionType
  /** The range, in the store's own keys: a namespace is not taken off. */
  readonly key: string
  /** The end of the range as on the wire: empty for one key, a zero byte for no end. */
  readonly rangeEnd: string
  readonly keyBytes: Uint8Array
  readonly rangeEndBytes: Uint8Array
}

/** Administration of users, roles and permissions. */
export class Auth {
  readonly users: Users
  readonly roles: Roles

  constructor() {
    throw new Error('not written yet')
  }

  /** Turns authentication on. Needs a user `root` with the role `root`. */
  enable(_options?: CallOptions): Promise<void> {
    throw new Error('not written yet')
  }

  disable(_options?: CallOptions): Promise<void> {
    throw new Error('not written yet')
  }

  status(_options?: CallOptions): Promise<{ readonly enabled: boolean; readonly authRevision: bigint }> {
    throw new Error('not written yet')
  }
}

export interface Users {
  /** Without a password the user can only log in with a certificate. */
  add(name: string, password?: string, options?: CallOptions): Promise<void>
  /** The roles of a user. Fails with `not-found`. */
  get(name: string, options?: CallOptions): Promise<{ readonly roles: readonly string[] }>
  list(options?: CallOptions): Promise<readonly string[]>
  delete(name: string, options?: CallOptions): Promise<void>
  changePassword(name: string, password: string, options?: CallOptions): Promise<void>
  grantRole(name: string, role: string, options?: CallOptions): Promise<void>
  revokeRole(name: string, role: string, options?: CallOptions): Promise<void>
}

export interface Roles {
  add(role: string, options?: CallOptions): Promise<void>
  get(role: string, options?: CallOptions): Promise<{ readonly permissions: readonly Permission[] }>
  list(options?: CallOptions): Promise<readonly string[]>
  delete(role: string, options?: CallOptions): Promise<void>
  grant(role: string, type: PermissionType, range: Key | RangeSelector, options?: CallOptions): Promise<void>
  /** Takes a permission away again; the range must be exactly one that was granted. */
  revoke(role: string, range: Key | RangeSelector, options?: CallOptions): Promise<void>
}
