import type { EtcdClient, Permission, PermissionType } from '@waypost/client'
import { prefixEnd } from '@waypost/protocol'
import type { Need } from './presets.ts'

/** A permission with the role that it comes from. */
export interface HeldPermission extends Permission {
  readonly role: string
}

/** What a user may do: everything, as one with the role root, or the permissions of its roles. */
export async function permissionsOf(
  etcd: EtcdClient,
  user: string,
): Promise<{ readonly isRoot: boolean; readonly held: readonly HeldPermission[] }> {
  const { roles } = await etcd.auth.users.get(user)
  if (roles.includes('root')) return { isRoot: true, held: [] }
  return { isRoot: false, held: (await Promise.all(roles.map((role) => rolePermissions(etcd, role)))).flat() }
}

export async function rolePermissions(etcd: EtcdClient, role: string): Promise<readonly HeldPermission[]> {
  const { permissions } = await etcd.auth.roles.get(role)
  return permissions.map((permission) => ({ ...permission, role }))
}

/** The permission that covers a need, if there is one. Keys of needs are inside the namespace, those of roles are not. */
export function coverOf(need: Need, held: readonly HeldPermission[], namespace = ''): HeldPermission | undefined {
  const start = Buffer.from(namespace + need.key)
  const end = need.isPrefix ? Buffer.from(prefixEnd(start)) : undefined
  return held.find(
    ({ type, keyBytes, rangeEndBytes }) => allows(type, need.type) && covers(keyBytes, rangeEndBytes, start, end),
  )
}

function allows(held: PermissionType, needed: PermissionType): boolean {
  return held === 'readwrite' || held === needed
}

const openEnd = Buffer.of(0)

function covers(from: Uint8Array, to: Uint8Array, start: Buffer, end: Buffer | undefined): boolean {
  if (to.length === 0) return end === undefined && Buffer.compare(from, start) === 0
  if (Buffer.compare(from, start) > 0) return false
  if (Buffer.compare(to, openEnd) === 0) return true
  return Buffer.compare(end ?? start, to) <= (end === undefined ? -1 : 0)
}

/** `write /config/order/…`: a need for people. */
export function needText({ type, key, isPrefix }: Need): string {
  const words = { read: 'read', write: 'write', readwrite: 'read and write' } as const
  return `${words[type]} ${key}${isPrefix ? '…' : ''}`
}
