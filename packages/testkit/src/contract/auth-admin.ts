import {
  Auth,
  AuthDisableRequest,
  AuthEnableRequest,
  AuthenticateRequest,
  AuthRoleAddRequest,
  AuthRoleDeleteRequest,
  AuthRoleGetRequest,
  AuthRoleGrantPermissionRequest,
  AuthRoleListRequest,
  AuthRoleRevokePermissionRequest,
  AuthStatusRequest,
  AuthUserAddRequest,
  AuthUserChangePasswordRequest,
  AuthUserDeleteRequest,
  AuthUserGetRequest,
  AuthUserGrantRoleRequest,
  AuthUserListRequest,
  AuthUserRevokeRoleRequest,
  Permission,
  Permission_Type as PermissionType,
  UserAddOptions,
} from '@waypost/protocol'
import { bytes, type Text } from '../wire/requests.ts'
import type { Wire } from '../wire/wire.ts'

const types = { read: PermissionType.READ, write: PermissionType.WRITE, readwrite: PermissionType.READWRITE } as const

/** The Auth service in short words. */
export class AuthAdmin {
  readonly wire: Wire

  constructor(wire: Wire) {
    this.wire = wire
  }

  enable() {
    return this.wire.call(Auth.authEnable, AuthEnableRequest.create({}))
  }

  disable() {
    return this.wire.call(Auth.authDisable, AuthDisableRequest.create({}))
  }

  status() {
    return this.wire.call(Auth.authStatus, AuthStatusRequest.create({}))
  }

  authenticate(name: string, password: string) {
    return this.wire.call(Auth.authenticate, AuthenticateRequest.create({ name, password }))
  }

  /** A Wire that carries the user's token. */
  async login(name: string, password: string): Promise<Wire> {
    return this.wire.withToken((await this.authenticate(name, password)).token)
  }

  addUser(name: string, password = '', options: { readonly noPassword?: boolean } = {}) {
    const add = UserAddOptions.create({ noPassword: options.noPassword ?? false })
    return this.wire.call(Auth.userAdd, AuthUserAddRequest.create({ name, password, options: add }))
  }

  getUser(name: string) {
    return this.wire.call(Auth.userGet, AuthUserGetRequest.create({ name }))
  }

  listUsers() {
    return this.wire.call(Auth.userList, AuthUserListRequest.create({}))
  }

  deleteUser(name: string) {
    return this.wire.call(Auth.userDelete, AuthUserDeleteRequest.create({ name }))
  }

  changePassword(name: string, password: string) {
    return this.wire.call(Auth.userChangePassword, AuthUserChangePasswordRequest.create({ name, password }))
  }

  grantRole(user: string, role: string) {
    return this.wire.call(Auth.userGrantRole, AuthUserGrantRoleRequest.create({ user, role }))
  }

  revokeRole(name: string, role: string) {
    return this.wire.call(Auth.userRevokeRole, AuthUserRevokeRoleRequest.create({ name, role }))
  }

  addRole(name: string) {
    return this.wire.call(Auth.roleAdd, AuthRoleAddRequest.create({ name }))
  }

  getRole(role: string) {
    return this.wire.call(Auth.roleGet, AuthRoleGetRequest.create({ role }))
  }

  listRoles() {
    return this.wire.call(Auth.roleList, AuthRoleListRequest.create({}))
  }

  deleteRole(role: string) {
    return this.wire.call(Auth.roleDelete, AuthRoleDeleteRequest.create({ role }))
  }

  grant(name: string, type: keyof typeof types, key: Text, end: Text = '') {
    const perm = Permission.create({ permType: types[type], key: bytes(key), rangeEnd: bytes(end) })
    return this.wire.call(Auth.roleGrantPermission, AuthRoleGrantPermissionRequest.create({ name, perm }))
  }

  /** A grant whose permission is not set. */
  grantNothing(name: string) {
    return this.wire.call(Auth.roleGrantPermission, AuthRoleGrantPermissionRequest.create({ name }))
  }

  revoke(role: string, key: Text, end: Text = '') {
    const request = AuthRoleRevokePermissionRequest.create({ role, key: bytes(key), rangeEnd: bytes(end) })
    return this.wire.call(Auth.roleRevokePermission, request)
  }

  /** User root with role root and this password; then authentication on. Returns root's Wire. */
  async enableWithRoot(password: string): Promise<Wire> {
    await this.addUser('root', password)
    await this.addRole('root')
    await this.grantRole('root', 'root')
    await this.enable()
    return this.login('root', password)
  }
}
