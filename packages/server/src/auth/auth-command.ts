import {
  AuthDisableRequest,
  AuthEnableRequest,
  AuthRoleAddRequest,
  AuthRoleDeleteRequest,
  AuthRoleGrantPermissionRequest,
  AuthRoleRevokePermissionRequest,
  AuthUserAddRequest,
  AuthUserChangePasswordRequest,
  AuthUserDeleteRequest,
  AuthUserGrantRoleRequest,
  AuthUserRevokeRoleRequest,
  asBuffer,
} from '@waypost/protocol'
import type { MessageCodec } from '@waypost/rpc/server'

/** The requests that change who may do what. Passwords are in them as hashes only, in base64. */
interface Requests {
  enable: AuthEnableRequest
  disable: AuthDisableRequest
  userAdd: AuthUserAddRequest
  userDelete: AuthUserDeleteRequest
  userChangePassword: AuthUserChangePasswordRequest
  userGrantRole: AuthUserGrantRoleRequest
  userRevokeRole: AuthUserRevokeRoleRequest
  roleAdd: AuthRoleAddRequest
  roleDelete: AuthRoleDeleteRequest
  roleGrantPermission: AuthRoleGrantPermissionRequest
  roleRevokePermission: AuthRoleRevokePermissionRequest
}

type AuthCommandKind = keyof Requests

/** A change of users, roles, permissions, or of whether they are asked for. */
export type AuthCommand<K extends AuthCommandKind = AuthCommandKind> = {
  [P in K]: { readonly kind: P; readonly request: Requests[P] }
}[K]

const codecs: { readonly [K in AuthCommandKind]: MessageCodec<Requests[K]> } = {
  enable: AuthEnableRequest,
  disable: AuthDisableRequest,
  userAdd: AuthUserAddRequest,
  userDelete: AuthUserDeleteRequest,
  userChangePassword: AuthUserChangePasswordRequest,
  userGrantRole: AuthUserGrantRoleRequest,
  userRevokeRole: AuthUserRevokeRoleRequest,
  roleAdd: AuthRoleAddRequest,
  roleDelete: AuthRoleDeleteRequest,
  roleGrantPermission: AuthRoleGrantPermissionRequest,
  roleRevokePermission: AuthRoleRevokePermissionRequest,
}

/** The first byte of an encoded command. A number, once given, keeps its meaning. */
const numbers: { readonly [K in AuthCommandKind]: number } = {
  enable: 1,
  disable: 2,
  userAdd: 3,
  userDelete: 4,
  userChangePassword: 5,
  userGrantRole: 6,
  userRevokeRole: 7,
  roleAdd: 8,
  roleDelete: 9,
  roleGrantPermission: 10,
  roleRevokePermission: 11,
}

/** The command as bytes for the log: its number, then its request. */
export function encodeAuthCommand(command: AuthCommand): Uint8Array {
  const bytes = encodeRequest(command)
  bytes[0] = numbers[command.kind]
  return bytes
}

function encodeRequest<K extends AuthCommandKind>(command: AuthCommand<K>): Uint8Array {
  const codec: MessageCodec<Requests[K]> = codecs[command.kind]
  return codec.encode(command.request, 1)
}

/** Throws when the bytes are no such command. */
export function decodeAuthCommand(bytes: Uint8Array): AuthCommand {
  const body = asBuffer(bytes).subarray(1)
  switch (bytes[0]) {
    case numbers.enable:
      return { kind: 'enable', request: codecs.enable.decode(body) }
    case numbers.disable:
      return { kind: 'disable', request: codecs.disable.decode(body) }
    case numbers.userAdd:
      return { kind: 'userAdd', request: codecs.userAdd.decode(body) }
    case numbers.userDelete:
      return { kind: 'userDelete', request: codecs.userDelete.decode(body) }
    case numbers.userChangePassword:
      return { kind: 'userChangePassword', request: codecs.userChangePassword.decode(body) }
    case numbers.userGrantRole:
      return { kind: 'userGrantRole', request: codecs.userGrantRole.decode(body) }
    case numbers.userRevokeRole:
      return { kind: 'userRevokeRole', request: codecs.userRevokeRole.decode(body) }
    case numbers.roleAdd:
      return { kind: 'roleAdd', request: codecs.roleAdd.decode(body) }
    case numbers.roleDelete:
      return { kind: 'roleDelete', request: codecs.roleDelete.decode(body) }
    case numbers.roleGrantPermission:
      return { kind: 'roleGrantPermission', request: codecs.roleGrantPermission.decode(body) }
    case numbers.roleRevokePermission:
      return { kind: 'roleRevokePermission', request: codecs.roleRevokePermission.decode(body) }
    default:
      throw new Error(`The log holds an auth command of the unknown kind ${bytes[0]}.`)
  }
}
