import type { EtcdClient, Permission, PermissionType } from '@waypost/client'
import type { CallOptions } from '@waypost/core'
import type { Need } from './presets.ts'

/** A permission with the role that it comes from. */
export interface HeldPermission extends Permission {
  readonly role: string
}

/** What a user may do: everything, as one with the role root, or the permissions of its roles. */
export async function permissionsOf(
  etcd: EtcdClient,
  user: string,
  options?: CallOptions,
): Promise<{ readonly isRoot: boolean; readonly held: readonly HeldPermission[] }> {
  const { roles } = await etcd.auth.users.get(user, options)
  if (roles.includes('root')) return { isRoot: true, held: [] }
  return { isRoot: false, held: (await Promise.all(roles.map((role) => rolePermissions(etcd, role, options)))).flat() }
}

export async function rolePermissions(
  etcd: EtcdClient,
  role: string,
  options?: CallOptions,
): Promise<readonly HeldPermission[]> {
  const { permissions } = await etcd.auth.roles.get(role, options)
  return permissions.map((permission) => ({ ...permission, role }))
}

/** The permission that covers a need, if there is one. Keys of needs are inside the namespace, those of roles are not. */
export function coverOf(need: Need, held: readonly HeldPermission[], namespace = ''): HeldPermission | undefined {
  const { start, end } = boundsOf(need, namespace)
  return held.find(
    ({ type, keyBytes, rangeEndBytes }) => allows(type, need.type) && covers(keyBytes, rangeEndBytes, start, end),
  )
}

/** Whether a permission reaches a key of the need, or more. */
export function overlaps(permission: Permission, need: Pick<Need, 'key' | 'isPrefix'>, namespace = ''): boolean {
  const { start, end } = boundsOf(need, namespace)
  const from = permission.keyBytes
  const to = permission.rangeEndBytes
  const stop = end ?? Buffer.concat([start, openEnd])
  if (Buffer.compare(from, stop) >= 0) return false
  if (to.length === 0) return Buffer.compare(from, start) >= 0
  return Buffer.compare(to, openEnd) === 0 || Buffer.compare(to, start) > 0
}

/** Whether a permission reaches no further than the need. */
export function isWithin(
  { keyBytes, rangeEndBytes }: Permission,
  need: Pick<Need, 'key' | 'isPrefix'>,
  namespace = '',
): boolean {
  const { start, end } = boundsOf(need, namespace)
  return covers(start, end ?? Buffer.alloc(0), keyBytes, rangeEndBytes.length === 0 ? undefined : rangeEndBytes)
}

/** Whether a permission is on exactly the range of the need. */
export function isSameRange({ key, rangeEnd }: Permission, need: Need, namespace = ''): boolean {
  return key === namespace + need.key && (rangeEnd !== '') === need.isPrefix
}

export function allows(held: PermissionType, needed: PermissionType): boolean {
  return held === 'readwrite' || held === needed
}

const openEnd = Buffer.of(0)

/** A prefix is text, so its last byte is never 255 and can be raised. */
function boundsOf(
  { key, isPrefix }: Pick<Need, 'key' | 'isPrefix'>,
  namespace: string,
): { start: Buffer; end: Buffer | undefined } {
  const start = Buffer.from(namespace + key)
  if (!isPrefix) return { start, end: undefined }
  const end = Buffer.from(start)
  end[end.length - 1] = (end.at(-1) ?? 0) + 1
  return { start, end }
}

function covers(from: Uint8Array, to: Uint8Array, start: Uint8Array, end: Uint8Array | undefined): boolean {
  if (to.length === 0) return end === undefined && Buffer.compare(from, start) === 0
  if (Buffer.compare(from, start) > 0) return false
  if (Buffer.compare(to, openEnd) === 0) return true
  if (end !== undefined && Buffer.compare(end, openEnd) === 0) return false
  return Buffer.compare(end ?? start, to) <= (end === undefined ? -1 : 0)
}

/** `write /config/order/…`: a need for people. */
export function needText({ type, key, isPrefix }: Need): string {
  const words = { read: 'read', write: 'write', readwrite: 'read and write' } as const
  return `${words[type]} ${key}${isPrefix ? '…' : ''}`
}
