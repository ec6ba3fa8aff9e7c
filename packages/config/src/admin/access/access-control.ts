import type { EtcdClient } from '@waypost/client'
import { type CallOptions, type Clock, Deadline, WaypostError } from '@waypost/core'
import {
  boolean,
  callOptionKinds,
  checkedCallOptions,
  checkOptions,
  checkOptionsIfGiven,
  listOf,
  type OptionKinds,
  oneOf,
  text,
} from '@waypost/core/options'
import { type ModeChange, type SetModeOptions, setAccessMode, setModeOptionKinds } from './access-mode.ts'
import { allowedActions } from './allowed-actions.ts'
import { grantAccess, revokeAccess } from './change-grants.ts'
import { type AccessCheck, checkAccess } from './check-access.ts'
import { coverOf, permissionsOf, rolePermissions } from './held-permissions.ts'
import { isKnownSubject } from './known-subject.ts'
import { type Access, type Need, needsOf } from './presets.ts'
import { type AccessMode, mayAsk, type Right, readAccessMode } from './rights.ts'

/** What a user or a role may do, in words. */
export interface AllowedAccess {
  readonly name: string
  /** It may do everything. */
  readonly isRoot: boolean
  readonly allowed: readonly Access[]
}

/** A permission that an action needs, and the role that gives it; absent when none does. */
export interface FoundNeed extends Need {
  readonly role: string | undefined
}

export interface ChangedAccess {
  /** The role of that name, which a user gets. */
  readonly role: string
  /** The permissions that were added or taken away. */
  readonly changed: readonly Need[]
}

export interface GrantAccessOptions extends CallOptions {
  /** In the words of which mode. Default: that of the store. */
  readonly mode?: AccessMode | undefined
}

export interface NewGrantOptions extends GrantAccessOptions {
  /** Accepts a document, a folder or a service that there never was. Default false. */
  readonly evenIfUnknown?: boolean | undefined
}

const grantAccessOptionKinds: OptionKinds<GrantAccessOptions> = {
  ...callOptionKinds,
  mode: oneOf('direct', 'strict'),
}
const newGrantOptionKinds: OptionKinds<NewGrantOptions> = { ...grantAccessOptionKinds, evenIfUnknown: boolean }
const mayAskOptionKinds: OptionKinds<CallOptions & { readonly reads?: readonly string[] | undefined }> = {
  ...callOptionKinds,
  reads: listOf(text),
}

export interface GrantedAccess extends ChangedAccess {
  /** False: there is no such document, folder or service yet. It may be misspelt. */
  readonly isKnown: boolean
}

/**
 * Who may do what, in words that stand for permissions of the store's own roles. There is no second permission system.
 * All but `mode` and `mayAsk` are for whoever has the role root.
 */
export class AccessControl {
  readonly #etcd: EtcdClient
  readonly #clock: Clock

  /** @internal Made by `ConfigCenter`. */
  constructor(etcd: EtcdClient, clock: Clock) {
    this.#etcd = etcd
    this.#clock = clock
  }

  /** The mode of this store and namespace. */
  mode(options?: CallOptions): Promise<AccessMode> {
    return readAccessMode(this.#etcd, checkedCallOptions('access.mode', options))
  }

  /**
   * Sets the mode. The strict one needs a store with authentication, a login for the hub, and roles that do not write
   * past the hub: it fails with `failed-precondition` otherwise, and says what is in the way.
   */
  setMode(mode: AccessMode, options?: SetModeOptions): Promise<ModeChange> {
    checkOptionsIfGiven('access.setMode', options, setModeOptionKinds)
    return setAccessMode(this.#etcd, this.#clock, mode, options)
  }

  /** How far the mode holds: who may write past the hub, and who is the hub. */
  check(options?: CallOptions): Promise<AccessCheck> {
    return checkAccess(this.#etcd, checkedCallOptions('access.check', options))
  }

  /**
   * Lets a user or a role do something. A user gets a role of its name. What is permitted already stays. Fails with
   * `not-found` for a user or role that there is not, and for `read`, `approve` and `operate` on what there never was.
   */
  async grant(name: string, access: Access, options: NewGrantOptions = {}): Promise<GrantedAccess> {
    checkOptions('access.grant', options, newGrantOptionKinds)
    const { signal, timeoutMs, evenIfUnknown } = options
    const callOptions = { signal, timeoutMs }
    const mode = options.mode ?? (await this.mode(callOptions))
    needsOf(access, mode)
    await this.#checkName(name, callOptions)
    const isKnown = await isKnownSubject(this.#etcd, access, { ...callOptions, evenIfUnknown })
    const role = await this.#roleFor(name, callOptions)
    return { role, isKnown, changed: await grantAccess(this.#etcd, role, access, mode, callOptions) }
  }

  /**
   * Takes away what was granted. Fails with `not-found` when the role may not do it, and with `failed-precondition`
   * when the role may do something that includes it. `read` stays until it is revoked itself.
   */
  async revoke(name: string, access: Access, options?: CallOptions): Promise<ChangedAccess> {
    checkOptionsIfGiven('access.revoke', options, callOptionKinds)
    needsOf(access)
    const roles = await this.#etcd.auth.roles.list(options)
    if (!roles.includes(name)) throw new WaypostError('not-found', `There is no role ${name}.`)
    return { role: name, changed: await revokeAccess(this.#etcd, name, access, options) }
  }

  /** What a user or a role may do, by name. Users may look at themselves. */
  async allowed(name: string, options: GrantAccessOptions = {}): Promise<AllowedAccess> {
    checkOptions('access.allowed', options, grantAccessOptionKinds)
    const { isRoot, held } = await this.#permissionsOf(name, options)
    const modes = options.mode === undefined ? (['direct', 'strict'] as const) : [options.mode]
    const allowed = isRoot ? [] : modes.flatMap((mode) => allowedActions(held, mode, this.#etcd.namespace))
    const seen = new Set<string>()
    const once = allowed.filter(({ action, subject }) => {
      const text = `${action} ${subject}`
      return !seen.has(text) && seen.add(text)
    })
    return { name, isRoot, allowed: once }
  }

  /** What an action needs in the store's mode, and the role that gives it to a user. */
  async why(user: string, access: Access, options: GrantAccessOptions = {}): Promise<readonly FoundNeed[]> {
    checkOptions('access.why', options, grantAccessOptionKinds)
    const { signal, timeoutMs } = options
    const callOptions = { signal, timeoutMs }
    const mode = options.mode ?? (await this.mode(callOptions))
    const { isRoot, held } = await permissionsOf(this.#etcd, user, callOptions)
    return needsOf(access, mode).map((need) => ({
      ...need,
      role: isRoot ? 'root' : coverOf(need, held, this.#etcd.namespace)?.role,
    }))
  }

  /**
   * Whether the store would let this client's login write the markers of a right, and read some keys: what the hub asks,
   * with the caller's login, before it writes with its own. Writes nothing.
   */
  mayAsk(
    right: Right,
    subjects: readonly string[],
    options: CallOptions & { readonly reads?: readonly string[] | undefined } = {},
  ): Promise<boolean> {
    checkOptions('access.mayAsk', options, mayAskOptionKinds)
    const { reads } = options
    return mayAsk(this.#etcd, { right, subjects, reads }, this.#clock, new Deadline({ ...options, clock: this.#clock }))
  }

  async #permissionsOf(name: string, options: CallOptions): ReturnType<typeof permissionsOf> {
    const { signal, timeoutMs } = options
    const callOptions = { signal, timeoutMs }
    try {
      return await permissionsOf(this.#etcd, name, callOptions)
    } catch (error) {
      if (!WaypostError.is(error, 'not-found')) throw error
      const held = await rolePermissions(this.#etcd, name, callOptions).catch((roleError: unknown) => {
        if (!WaypostError.is(roleError, 'not-found')) throw roleError
        throw new WaypostError('not-found', `There is neither a user nor a role ${name}.`, { cause: error })
      })
      return { isRoot: name === 'root', held }
    }
  }

  async #checkName(name: string, options: CallOptions): Promise<void> {
    const { roles, users } = this.#etcd.auth
    const names = await Promise.all([roles.list(options), users.list(options)])
    if (names.flat().includes(name)) return
    throw new WaypostError(
      'not-found',
      `There is neither a user nor a role ${name}: \`waypost user add ${name}\` first.`,
    )
  }

  /** A role of that name, or the role of that name that a user gets. */
  async #roleFor(name: string, options: CallOptions): Promise<string> {
    const { roles: roleBook, users: userBook } = this.#etcd.auth
    const [roles, users] = await Promise.all([roleBook.list(options), userBook.list(options)])
    if (!roles.includes(name)) await roleBook.add(name, options)
    if (users.includes(name) && !(await userBook.get(name, options)).roles.includes(name)) {
      await userBook.grantRole(name, name, options)
    }
    return name
  }
}
