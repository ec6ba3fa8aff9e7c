import {
  Auth,
  AuthenticateResponse,
  AuthRoleGetResponse,
  AuthRoleListResponse,
  AuthStatusResponse,
  AuthUserGetResponse,
  AuthUserListResponse,
  type ResponseHeader,
} from '@waypost/protocol'
import { type Method, type RpcHandler, unary } from '@waypost/rpc/server'
import type { Access } from '../auth/access.ts'
import type { AuthCommand } from '../auth/auth-command.ts'
import type { AuthStore } from '../auth/auth-store.ts'
import type { Authenticator } from '../auth/authenticator.ts'
import type { Passwords } from '../auth/passwords.ts'
import { EngineError } from '../engine-error.ts'
import { translated } from './error-map.ts'
import type { Headers } from './header.ts'

export interface AuthServiceParts {
  readonly store: AuthStore
  readonly access: Access
  readonly authenticator: Authenticator
  readonly passwords: Passwords
  readonly headers: Headers
  /** Resolves when the command is durable and applied. */
  propose(command: AuthCommand): Promise<void>
}

export function authHandlers(parts: AuthServiceParts): RpcHandler[] {
  const { store, access, authenticator, headers } = parts
  const change = <Req>(
    method: Method<Req, { header: ResponseHeader | undefined }>,
    command: (request: Req) => AuthCommand | Promise<AuthCommand>,
  ): RpcHandler =>
    unary(
      method,
      translated(async (request, call) => {
        access.requireAdmin(call)
        const proposal = await command(request)
        // Hashing a password takes time, in which the caller may have lost its rights.
        access.requireAdmin(call)
        await parts.propose(proposal)
        return { header: headers.of() }
      }),
    )
  return [
    change(Auth.authEnable, (request) => ({ kind: 'enable', request })),
    change(Auth.authDisable, (request) => ({ kind: 'disable', request })),
    unary(
      Auth.authStatus,
      translated((_request, call) => {
        access.requireAdmin(call)
        return AuthStatusResponse.create({
          header: headers.of(),
          enabled: store.enabled,
          authRevision: store.revision,
        })
      }),
    ),
    unary(
      Auth.authenticate,
      translated(async ({ name, password }, call) => {
        const token = await authenticator.login(name, password, call.signal)
        return AuthenticateResponse.create({ header: headers.of(), token })
      }),
    ),
    change(Auth.userAdd, async (request) => {
      if (request.name === '') throw new EngineError('userEmpty')
      if (store.user(request.name)) throw new EngineError('userExists')
      const hashedPassword = request.options?.noPassword ? '' : await parts.passwords.hashForLog(request.password)
      return { kind: 'userAdd', request: { ...request, password: '', hashedPassword } }
    }),
    unary(
      Auth.userGet,
      translated(({ name }, call) => {
        const caller = access.caller(call)
        if (caller && caller.name !== name) throw new EngineError('permissionDenied')
        const user = store.user(name)
        if (!user) throw new EngineError('userNotFound')
        return AuthUserGetResponse.create({ header: headers.of(), roles: [...user.roles] })
      }),
    ),
    unary(
      Auth.userList,
      translated((_request, call) => {
        access.requireAdmin(call)
        return AuthUserListResponse.create({ header: headers.of(), users: store.userNames })
      }),
    ),
    change(Auth.userDelete, (request) => ({ kind: 'userDelete', request })),
    change(Auth.userChangePassword, async (request) => {
      if (!store.user(request.name)) throw new EngineError('userNotFound')
      const hashedPassword = await parts.passwords.hashForLog(request.password)
      return { kind: 'userChangePassword', request: { ...request, password: '', hashedPassword } }
    }),
    change(Auth.userGrantRole, (request) => ({ kind: 'userGrantRole', request })),
    change(Auth.userRevokeRole, (request) => ({ kind: 'userRevokeRole', request })),
    change(Auth.roleAdd, (request) => ({ kind: 'roleAdd', request })),
    unary(
      Auth.roleGet,
      translated(({ role }, call) => {
        const caller = access.caller(call)
        if (caller && !caller.hasRole(role)) throw new EngineError('permissionDenied')
        const permissions = store.permissionsOf(role)
        if (!permissions) throw new EngineError('roleNotFound')
        return AuthRoleGetResponse.create({ header: headers.of(), perm: [...permissions] })
      }),
    ),
    unary(
      Auth.roleList,
      translated((_request, call) => {
        access.requireAdmin(call)
        return AuthRoleListResponse.create({ header: headers.of(), roles: store.roleNames })
      }),
    ),
    change(Auth.roleDelete, (request) => ({ kind: 'roleDelete', request })),
    change(Auth.roleGrantPermission, (request) => ({ kind: 'roleGrantPermission', request })),
    change(Auth.roleRevokePermission, (request) => ({ kind: 'roleRevokePermission', request })),
  ]
}
