import type { EtcdClient, PermissionType } from '@waypost/client'
import { andList, type CallOptions, WaypostError } from '@waypost/core'
import { allowedActions } from './allowed-actions.ts'
import { coverOf, type HeldPermission, isSameRange, rolePermissions } from './held-permissions.ts'
import { type Access, type Need, needsOf } from './presets.ts'
import type { AccessMode } from './rights.ts'

/** Lets a role do something. Returns what it did not have already. */
export async function grantAccess(
  etcd: EtcdClient,
  role: string,
  access: Access,
  mode: AccessMode,
  options?: CallOptions,
): Promise<readonly Need[]> {
  return grantNeeds(etcd, role, needsOf(access, mode), await rolePermissions(etcd, role, options), options)
}

export async function grantNeeds(
  etcd: EtcdClient,
  role: string,
  needs: readonly Need[],
  held: readonly HeldPermission[],
  options?: CallOptions,
): Promise<readonly Need[]> {
  const { namespace } = etcd
  const granted: Need[] = []
  for (const need of needs) {
    if (coverOf(need, held, namespace) !== undefined) continue
    const type = unionOf(need.type, held.find((permission) => isSameRange(permission, need, namespace))?.type)
    await etcd.auth.roles.grant(role, type, rangeOf(need), options)
    granted.push({ ...need, type })
  }
  return granted
}

/**
 * Takes away from a role what an action needs and nothing else does that the role may do. `read` on the same subject
 * stays. Fails with `failed-precondition` when the role may do something greater that includes it, and with `not-found`
 * when it may not do it at all.
 */
export async function revokeAccess(
  etcd: EtcdClient,
  role: string,
  access: Access,
  options?: CallOptions,
): Promise<readonly Need[]> {
  const { namespace } = etcd
  const held = await rolePermissions(etcd, role, options)
  const mode = (['direct', 'strict'] as const).find((each) =>
    allowedActions(held, each, namespace).some((other) => isSame(other, access)),
  )
  if (mode === undefined) {
    throw new WaypostError('not-found', `${role} has no grant to ${textOf(access)} that could be revoked.`)
  }
  const needs = needsOf(access, mode)
  const kept = allowedActions(held, mode, namespace).filter(
    (other) => !isSame(other, access) && !isPartOf(other, access, mode),
  )
  const greater = kept.filter((other) => other.subject === access.subject && includes(needsOf(other, mode), needs))
  if (greater.length > 0) {
    throw new WaypostError(
      'failed-precondition',
      `${role} may ${andList(greater.map(textOf))}, which includes to ${access.action}: revoke that first.`,
    )
  }
  const rest = held.filter((permission) => !needs.some((need) => isSameRange(permission, need, namespace)))
  const missing = new Map<string, Need>()
  for (const other of kept) {
    for (const need of needsOf(other, mode)) {
      if (coverOf(need, rest, namespace) !== undefined) continue
      const name = `${need.key}${need.isPrefix ? '…' : ''}`
      missing.set(name, { ...need, type: unionOf(need.type, missing.get(name)?.type) })
    }
  }
  const revoked: Need[] = []
  for (const need of needs) {
    const now = held.find((permission) => isSameRange(permission, need, namespace))
    if (now === undefined || revoked.some((other) => other.key === need.key)) continue
    const still = missing.get(`${need.key}${need.isPrefix ? '…' : ''}`)
    if (still?.type === now.type) continue
    if (still === undefined) await etcd.auth.roles.revoke(role, rangeOf(need), options)
    else await etcd.auth.roles.grant(role, still.type, rangeOf(need), options)
    revoked.push({ ...need, type: still?.type === 'read' ? 'write' : now.type })
  }
  await grantNeeds(etcd, role, [...missing.values()], await rolePermissions(etcd, role, options), options)
  return revoked
}

/** What was granted along with it. */
function isPartOf(other: Access, access: Access, mode: AccessMode): boolean {
  if (other.action === 'read' || other.subject !== access.subject) return false
  return includes(needsOf(access, mode), needsOf(other, mode))
}

function includes(greater: readonly Need[], smaller: readonly Need[]): boolean {
  return smaller.every((need) =>
    greater.some(
      ({ key, isPrefix, type }) =>
        key === need.key && isPrefix === need.isPrefix && (type === 'readwrite' || type === need.type),
    ),
  )
}

function isSame(one: Access, other: Access): boolean {
  return one.action === other.action && one.subject === other.subject
}

function textOf({ action, subject }: Access): string {
  return `${action} ${subject || 'everything'}`
}

/** A grant replaces what the role had on exactly that range, so it must not take anything away. */
function unionOf(type: PermissionType, held: PermissionType | undefined): PermissionType {
  return held === undefined || held === type ? type : 'readwrite'
}

function rangeOf({ key, isPrefix }: Need): { readonly prefix: string } | { readonly key: string } {
  return isPrefix ? { prefix: key } : { key }
}
