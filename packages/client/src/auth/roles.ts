import type { CallOptions } from '@waypost/core'
import { checkedCallOptions } from '@waypost/core/options'
import * as wire from '@waypost/protocol'
import type { Key, RangeSelector } from '../keys/key.ts'
import type { KeySpace } from '../keys/key-space.ts'
import type { Caller } from '../link/caller.ts'

export type PermissionType = 'read' | 'write' | 'readwrite'

export interface Permission {
  readonly type: PermissionType
  /** The start of the range as it stands in the store: a namespace is not taken off. */
  readonly key: string
  /** The end of the range as on the wire: empty for one key, a zero byte for no end. */
  readonly rangeEnd: string
  readonly keyBytes: Uint8Array
  readonly rangeEndBytes: Uint8Array
}

const wireTypes: Readonly<Record<PermissionType, number>> = {
  read: wire.Permission_Type.READ,
  write: wire.Permission_Type.WRITE,
  readwrite: wire.Permission_Type.READWRITE,
}

/** The roles that users can have, and what they permit. */
export class Roles {
  readonly #caller: Caller
  readonly #space: KeySpace

  /** @internal */
  constructor(caller: Caller, space: KeySpace) {
    this.#caller = caller
    this.#space = space
  }

  async add(role: string, options?: CallOptions): Promise<void> {
    await this.#caller.call(wire.Auth.roleAdd, { name: role }, 'write', checkedCallOptions('auth.roles.add', options))
  }

  /** What a role permits. Fails with `not-found`. */
  async get(role: string, options?: CallOptions): Promise<{ readonly permissions: readonly Permission[] }> {
    const { perm } = await this.#caller.call(
      wire.Auth.roleGet,
      { role },
      'read',
      checkedCallOptions('auth.roles.get', options),
    )
    return { permissions: perm.map(permissionOf) }
  }

  async list(options?: CallOptions): Promise<readonly string[]> {
    const { roles } = await this.#caller.call(
      wire.Auth.roleList,
      {},
      'read',
      checkedCallOptions('auth.roles.list', options),
    )
    return roles
  }

  async delete(role: string, options?: CallOptions): Promise<void> {
    await this.#caller.call(wire.Auth.roleDelete, { role }, 'write', checkedCallOptions('auth.roles.delete', options))
  }

  /**
   * Permits something to a role. Keys are meant within the client's namespace.
   *
   * @example
   * ```ts
   * await etcd.auth.roles.add('orders-reader')
   * await etcd.auth.roles.grant('orders-reader', 'read', { prefix: '/orders/' })
   * ```
   */
  async grant(role: string, type: PermissionType, range: Key | RangeSelector, options?: CallOptions): Promise<void> {
    const perm = { permType: wireTypes[type], ...this.#space.target(range) }
    await this.#caller.call(
      wire.Auth.roleGrantPermission,
      { name: role, perm },
      'write',
      checkedCallOptions('auth.roles.grant', options),
    )
  }

  /** Takes a permission away again; the range must be exactly one that was granted. */
  async revoke(role: string, range: Key | RangeSelector, options?: CallOptions): Promise<void> {
    const request = { role, ...this.#space.target(range) }
    await this.#caller.call(
      wire.Auth.roleRevokePermission,
      request,
      'write',
      checkedCallOptions('auth.roles.revoke', options),
    )
  }
}

function permissionOf({ permType, key, rangeEnd }: wire.Permission): Permission {
  const type = permType === wireTypes.readwrite ? 'readwrite' : permType === wireTypes.write ? 'write' : 'read'
  return {
    type,
    key: Buffer.from(key).toString(),
    rangeEnd: Buffer.from(rangeEnd).toString(),
    keyBytes: key,
    rangeEndBytes: rangeEnd,
  }
}
