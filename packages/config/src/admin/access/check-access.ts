import type { EtcdClient } from '@waypost/client'
import { type CallOptions, WaypostError } from '@waypost/core'
import { coverOf, type HeldPermission, isWithin, overlaps, rolePermissions } from './held-permissions.ts'
import { needsOf, protectedPrefixes } from './presets.ts'
import { type AccessMode, readAccessMode, runningHubsPrefix } from './rights.ts'

/** A role and who has it. */
export interface RoleHolders {
  readonly role: string
  readonly users: readonly string[]
}

/** A permission to write what only the hub writes in the strict mode. */
export interface Bypass extends RoleHolders {
  readonly permission: HeldPermission
  /** `write /config/order/…`: the permission for people. */
  readonly text: string
  /** It reaches no further than what the hub protects, so the right to ask can take its place. */
  readonly canBeConverted: boolean
}

/** How far the mode holds. */
export interface AccessCheck {
  readonly mode: AccessMode
  /** Users have to log in. */
  readonly isAuthenticated: boolean
  /** Roles that may write all that the hub writes. */
  readonly hubRoles: readonly RoleHolders[]
  /** Hubs that run now and have a login of their own, such as the one beside `waypost serve`. */
  readonly runningHubs: number
  /** They may do everything, in every mode. */
  readonly rootUsers: readonly string[]
  readonly bypasses: readonly Bypass[]
}

/** Looks through the roles for whoever may write past the hub. For whoever has the role root. */
export async function checkAccess(etcd: EtcdClient, options?: CallOptions): Promise<AccessCheck> {
  const [mode, { enabled: isAuthenticated }, roles, names, runningHubs] = await Promise.all([
    readAccessMode(etcd, options),
    etcd.auth.status(options),
    etcd.auth.roles.list(options),
    etcd.auth.users.list(options),
    etcd.kv.count({ prefix: runningHubsPrefix }, options).then(Number),
  ])
  const users = await Promise.all(names.map(async (name) => ({ name, roles: await rolesOf(etcd, name, options) })))
  const holders = (role: string): RoleHolders => ({
    role,
    users: users.filter((user) => user.roles.includes(role)).map(({ name }) => name),
  })
  const hubRoles: RoleHolders[] = []
  const bypasses: Bypass[] = []
  for (const role of roles.filter((each) => each !== 'root')) {
    const held = await rolePermissions(etcd, role, options)
    const isHub = needsOf({ action: 'hub', subject: '' }).every((need) => coverOf(need, held, etcd.namespace))
    if (isHub) hubRoles.push(holders(role))
    else bypasses.push(...bypassesOf(held, etcd.namespace).map((bypass) => ({ ...holders(role), ...bypass })))
  }
  return { mode, isAuthenticated, hubRoles, runningHubs, rootUsers: holders('root').users, bypasses }
}

function bypassesOf(held: readonly HeldPermission[], namespace: string): readonly Omit<Bypass, keyof RoleHolders>[] {
  return held.flatMap((permission) => {
    if (permission.type === 'read') return []
    const reached = protectedPrefixes.filter((key) => overlaps(permission, { key, isPrefix: true }, namespace))
    if (reached.length === 0) return []
    const canBeConverted = reached.some((key) => isWithin(permission, { key, isPrefix: true }, namespace))
    return [{ permission, text: permissionText(permission, namespace), canBeConverted }]
  })
}

function permissionText({ type, key, rangeEnd }: HeldPermission, namespace: string): string {
  const name = key.startsWith(namespace) ? key.slice(namespace.length) : key
  const words = type === 'readwrite' ? 'read and write' : type
  return `${words} ${name}${rangeEnd === '' ? '' : '…'}`
}

/** A user may go while roles are read. */
async function rolesOf(etcd: EtcdClient, user: string, options?: CallOptions): Promise<readonly string[]> {
  try {
    return (await etcd.auth.users.get(user, options)).roles
  } catch (error) {
    if (WaypostError.is(error, 'not-found')) return []
    throw error
  }
}
