import type { CallOptions } from '@waypost/core'
import { checkedCallOptions } from '@waypost/core/options'
import * as wire from '@waypost/protocol'
import type { Caller } from '../link/caller.ts'

/** The users who may log in, and their roles. */
export class Users {
  readonly #caller: Caller

  /** @internal */
  constructor(caller: Caller) {
    this.#caller = caller
  }

  /** Without a password the user can only log in with a certificate. */
  async add(name: string, password?: string, options?: CallOptions): Promise<void> {
    const request = wire.AuthUserAddRequest.create({
      name,
      password: password ?? '',
      options: { noPassword: password === undefined },
    })
    await this.#caller.call(wire.Auth.userAdd, request, 'write', checkedCallOptions('auth.users.add', options))
  }

  /** The roles of a user. Fails with `not-found`. */
  async get(name: string, options?: CallOptions): Promise<{ readonly roles: readonly string[] }> {
    const { roles } = await this.#caller.call(
      wire.Auth.userGet,
      { name },
      'read',
      checkedCallOptions('auth.users.get', options),
    )
    return { roles }
  }

  async list(options?: CallOptions): Promise<readonly string[]> {
    const { users } = await this.#caller.call(
      wire.Auth.userList,
      {},
      'read',
      checkedCallOptions('auth.users.list', options),
    )
    return users
  }

  async delete(name: string, options?: CallOptions): Promise<void> {
    await this.#caller.call(wire.Auth.userDelete, { name }, 'write', checkedCallOptions('auth.users.delete', options))
  }

  async changePassword(name: string, password: string, options?: CallOptions): Promise<void> {
    const request = wire.AuthUserChangePasswordRequest.create({ name, password })
    await this.#caller.call(
      wire.Auth.userChangePassword,
      request,
      'write',
      checkedCallOptions('auth.users.changePassword', options),
    )
  }

  async grantRole(name: string, role: string, options?: CallOptions): Promise<void> {
    await this.#caller.call(
      wire.Auth.userGrantRole,
      { user: name, role },
      'write',
      checkedCallOptions('auth.users.grantRole', options),
    )
  }

  async revokeRole(name: string, role: string, options?: CallOptions): Promise<void> {
    await this.#caller.call(
      wire.Auth.userRevokeRole,
      { name, role },
      'write',
      checkedCallOptions('auth.users.revokeRole', options),
    )
  }
}
