import type { CallOptions } from '@waypost/core'
import { checkedCallOptions } from '@waypost/core/options'
import * as wire from '@waypost/protocol'
import type { KeySpace } from '../keys/key-space.ts'
import type { Caller } from '../link/caller.ts'
import { Roles } from './roles.ts'
import { Users } from './users.ts'

/** Turns authentication on and off; the users and roles it knows. */
export class Auth {
  readonly users: Users
  readonly roles: Roles
  readonly #caller: Caller

  /** @internal */
  constructor(caller: Caller, space: KeySpace) {
    this.#caller = caller
    this.users = new Users(caller)
    this.roles = new Roles(caller, space)
  }

  /** Turns authentication on. Needs a user `root` with the role `root`. */
  async enable(options?: CallOptions): Promise<void> {
    await this.#caller.call(wire.Auth.authEnable, {}, 'write', checkedCallOptions('auth.enable', options))
  }

  async disable(options?: CallOptions): Promise<void> {
    await this.#caller.call(wire.Auth.authDisable, {}, 'write', checkedCallOptions('auth.disable', options))
  }

  async status(options?: CallOptions): Promise<{ readonly enabled: boolean; readonly authRevision: bigint }> {
    const { enabled, authRevision } = await this.#caller.call(
      wire.Auth.authStatus,
      {},
      'read',
      checkedCallOptions('auth.status', options),
    )
    return { enabled, authRevision }
  }
}
