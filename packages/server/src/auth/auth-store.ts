import {
  type AuthUserAddRequest,
  type Permission,
  Permission_Type,
  Permission as PermissionCodec,
  Role,
  User,
} from '@waypost/protocol'
import { EngineError } from '../engine-error.ts'
import type { AuthCommand } from './auth-command.ts'
import { isGrantable, type KeyRights, rightsOf } from './permissions.ts'

/** The user and the role that may do everything. Neither can be taken away while auth is on. */
export const rootName = 'root'

/** Of the role `root`: every key, whose open end etcd writes as one zero byte. */
const everything: Permission = PermissionCodec.create({
  permType: Permission_Type.READWRITE,
  rangeEnd: Buffer.alloc(1),
})

/** A stored entry: undefined deletes it. */
export interface AuthWrite {
  readonly key: string
  readonly value: Uint8Array | undefined
}

export interface StoredUser {
  readonly name: string
  /** In the `$2…` form of bcrypt; empty for a user without a password. */
  readonly passwordHash: string
  readonly noPassword: boolean
  /** Sorted. */
  readonly roles: readonly string[]
}

const settingsKey = 'settings'
const userPrefix = 'user/'
const rolePrefix = 'role/'
const settingsBytes = 9

/**
 * Users, roles and permissions: a state machine that commands of the log change, always in the same way.
 * Each change says which entries are to be stored with it, and those entries make the same state again.
 */
export class AuthStore {
  readonly #users = new Map<string, StoredUser>()
  /** Permissions sorted by key. */
  readonly #roles = new Map<string, readonly Permission[]>()
  readonly #rights = new Map<string, KeyRights>()
  #enabled = false
  #revision = 1n
  #onLoginsVoid: (user: string | undefined) => void = () => {}

  get enabled(): boolean {
    return this.#enabled
  }

  /** Rises with each change. */
  get revision(): bigint {
    return this.#revision
  }

  user(name: string): StoredUser | undefined {
    return this.#users.get(name)
  }

  /** Sorted. */
  get userNames(): string[] {
    return [...this.#users.keys()].sort()
  }

  /** Sorted by key. Undefined: no such role. */
  /** The role `root` has one for every key, whatever it was granted. */
  permissionsOf(role: string): readonly Permission[] | undefined {
    const granted = this.#roles.get(role)
    return granted && role === rootName ? [everything] : granted
  }

  /** Sorted. */
  get roleNames(): string[] {
    return [...this.#roles.keys()].sort()
  }

  isRoot(name: string): boolean {
    return this.#users.get(name)?.roles.includes(rootName) ?? false
  }

  /** What the user's roles allow together; nothing for an unknown user. */
  rightsOf(name: string): KeyRights {
    let rights = this.#rights.get(name)
    if (!rights) {
      const roles = this.#users.get(name)?.roles ?? []
      rights = rightsOf(roles.flatMap((role) => this.#roles.get(role) ?? []))
      this.#rights.set(name, rights)
    }
    return rights
  }

  /** Calls the listener when the logins of a user, or of all (undefined), hold no more. */
  onLoginsVoid(listener: (user: string | undefined) => void): void {
    this.#onLoginsVoid = listener
  }

  /** Takes an entry that an earlier `apply` asked to be stored. */
  load(key: string, value: Uint8Array): void {
    if (key === settingsKey) {
      this.#enabled = value[0] === 1
      this.#revision = Buffer.from(value).readBigUInt64BE(1)
    } else if (key.startsWith(userPrefix)) {
      const user = User.decode(value)
      const name = Buffer.from(user.name).toString()
      this.#users.set(name, {
        name,
        passwordHash: Buffer.from(user.password).toString('latin1'),
        noPassword: user.options?.noPassword ?? false,
        roles: user.roles,
      })
    } else if (key.startsWith(rolePrefix)) {
      const role = Role.decode(Buffer.from(value))
      this.#roles.set(Buffer.from(role.name).toString(), role.keyPermission)
    }
  }

  /** Makes the change and returns what is to be stored. Throws `EngineError`, having changed nothing. */
  apply(command: AuthCommand): AuthWrite[] {
    const writes = this.#change(command)
    if (writes.length > 0) this.#rights.clear()
    return writes
  }

  #change(command: AuthCommand): AuthWrite[] {
    switch (command.kind) {
      case 'enable':
        return this.#enable()
      case 'disable':
        return this.#disable()
      case 'userAdd':
        return this.#addUser(command.request)
      case 'userDelete':
        return this.#deleteUser(command.request.name)
      case 'userChangePassword':
        return this.#changePassword(command.request.name, command.request.hashedPassword)
      case 'userGrantRole':
        return this.#grantRole(command.request.user, command.request.role)
      case 'userRevokeRole':
        return this.#revokeRole(command.request.name, command.request.role)
      case 'roleAdd':
        return this.#addRole(command.request.name)
      case 'roleDelete':
        return this.#deleteRole(command.request.role)
      case 'roleGrantPermission':
        return this.#grantPermission(command.request.name, command.request.perm)
      case 'roleRevokePermission':
        return this.#revokePermission(command.request.role, command.request)
    }
  }

  #enable(): AuthWrite[] {
    if (this.#enabled) return []
    const root = this.#users.get(rootName)
    if (!root) throw new EngineError('rootUserNotExist')
    if (!root.roles.includes(rootName)) throw new EngineError('rootRoleNotGranted')
    this.#enabled = true
    return [this.#settings()]
  }

  #disable(): AuthWrite[] {
    if (!this.#enabled) return []
    this.#enabled = false
    this.#onLoginsVoid(undefined)
    return this.#committed()
  }

  #addUser({ name, hashedPassword, options }: AuthUserAddRequest): AuthWrite[] {
    if (name === '') throw new EngineError('userEmpty')
    if (this.#users.has(name)) throw new EngineError('userExists')
    const noPassword = options?.noPassword ?? false
    const passwordHash = noPassword ? '' : fromBase64(hashedPassword)
    return this.#committed(this.#putUser({ name, passwordHash, noPassword, roles: [] }))
  }

  #deleteUser(name: string): AuthWrite[] {
    if (this.#enabled && name === rootName) throw new EngineError('invalidAuthManagement')
    if (!this.#users.delete(name)) throw new EngineError('userNotFound')
    this.#onLoginsVoid(name)
    return this.#committed({ key: userPrefix + name, value: undefined })
  }

  #changePassword(name: string, hashedPassword: string): AuthWrite[] {
    const user = this.#existingUser(name)
    const passwordHash = user.noPassword ? '' : fromBase64(hashedPassword)
    this.#onLoginsVoid(name)
    return this.#committed(this.#putUser({ ...user, passwordHash }))
  }

  #grantRole(name: string, role: string): AuthWrite[] {
    const user = this.#existingUser(name)
    if (role !== rootName && !this.#roles.has(role)) throw new EngineError('roleNotFound')
    if (user.roles.includes(role)) return []
    return this.#committed(this.#putUser({ ...user, roles: [...user.roles, role].sort() }))
  }

  #revokeRole(name: string, role: string): AuthWrite[] {
    if (this.#enabled && name === rootName && role === rootName) throw new EngineError('invalidAuthManagement')
    const user = this.#existingUser(name)
    if (!user.roles.includes(role)) throw new EngineError('roleNotGranted')
    return this.#committed(this.#putUser({ ...user, roles: user.roles.filter((other) => other !== role) }))
  }

  #addRole(name: string): AuthWrite[] {
    if (name === '') throw new EngineError('roleEmpty')
    if (this.#roles.has(name)) throw new EngineError('roleExists')
    return this.#committed(this.#putRole(name, []))
  }

  #deleteRole(name: string): AuthWrite[] {
    if (this.#enabled && name === rootName) throw new EngineError('invalidAuthManagement')
    if (!this.#roles.delete(name)) throw new EngineError('roleNotFound')
    const holders = [...this.#users.values()].filter(({ roles }) => roles.includes(name))
    return this.#committed(
      { key: rolePrefix + name, value: undefined },
      ...holders.map((user) => this.#putUser({ ...user, roles: user.roles.filter((role) => role !== name) })),
    )
  }

  #grantPermission(name: string, permission: Permission | undefined): AuthWrite[] {
    if (!permission) throw new EngineError('permissionNotGiven')
    if (!isGrantable(permission)) throw new EngineError('invalidAuthManagement')
    const others = this.#existingRole(name).filter((other) => !isSameRange(other, permission))
    const granted = PermissionCodec.decode(PermissionCodec.encode(permission))
    const permissions = [...others, granted].sort((a, b) => Buffer.compare(a.key, b.key))
    return this.#committed(this.#putRole(name, permissions))
  }

  #revokePermission(name: string, range: { key: Uint8Array; rangeEnd: Uint8Array }): AuthWrite[] {
    const permissions = this.#existingRole(name)
    const left = permissions.filter((permission) => !isSameRange(permission, range))
    if (left.length === permissions.length) throw new EngineError('permissionNotGranted')
    return this.#committed(this.#putRole(name, left))
  }

  #existingUser(name: string): StoredUser {
    const user = this.#users.get(name)
    if (!user) throw new EngineError('userNotFound')
    return user
  }

  #existingRole(name: string): readonly Permission[] {
    const permissions = this.#roles.get(name)
    if (!permissions) throw new EngineError('roleNotFound')
    return permissions
  }

  #putUser(user: StoredUser): AuthWrite {
    this.#users.set(user.name, user)
    const message = User.create({
      name: Buffer.from(user.name),
      password: Buffer.from(user.passwordHash, 'latin1'),
      roles: [...user.roles],
      options: { noPassword: user.noPassword },
    })
    return { key: userPrefix + user.name, value: User.encode(message) }
  }

  #putRole(name: string, permissions: readonly Permission[]): AuthWrite {
    this.#roles.set(name, permissions)
    const message = Role.create({ name: Buffer.from(name), keyPermission: [...permissions] })
    return { key: rolePrefix + name, value: Role.encode(message) }
  }

  #committed(...writes: AuthWrite[]): AuthWrite[] {
    this.#revision += 1n
    return [...writes, this.#settings()]
  }

  #settings(): AuthWrite {
    const value = Buffer.alloc(settingsBytes)
    value[0] = this.#enabled ? 1 : 0
    value.writeBigUInt64BE(this.#revision, 1)
    return { key: settingsKey, value }
  }
}

function isSameRange(a: { key: Uint8Array; rangeEnd: Uint8Array }, b: { key: Uint8Array; rangeEnd: Uint8Array }) {
  return Buffer.compare(a.key, b.key) === 0 && Buffer.compare(a.rangeEnd, b.rangeEnd) === 0
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1')
}
