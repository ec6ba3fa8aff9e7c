import {
  Auth,
  AuthEnableRequest,
  AuthRoleAddRequest,
  AuthUserAddRequest,
  AuthUserGrantRoleRequest,
} from '@waypost/protocol'
import type { Wire } from '../../src/wire/wire.ts'

/** Creates the user as an administrator, and switches authentication on. */
export async function switchOnAuth(
  wire: Wire,
  { username: name, password }: { readonly username: string; readonly password: string },
): Promise<void> {
  await wire.call(Auth.userAdd, AuthUserAddRequest.create({ name, password }))
  await wire.call(Auth.roleAdd, AuthRoleAddRequest.create({ name }))
  await wire.call(Auth.userGrantRole, AuthUserGrantRoleRequest.create({ user: name, role: name }))
  await wire.call(Auth.authEnable, AuthEnableRequest.create({}))
}
