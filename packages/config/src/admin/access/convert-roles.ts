import type { EtcdClient } from '@waypost/client'
import type { CallOptions, Deadline } from '@waypost/core'
import { allowedActions } from './allowed-actions.ts'
import { grantNeeds } from './change-grants.ts'
import { coverOf, type HeldPermission, isWithin, rolePermissions } from './held-permissions.ts'
import { type Access, needsOf, protectedPrefixes } from './presets.ts'
import { type AccessMode, rightKey, rights } from './rights.ts'

/** A role whose writing became asking, or the other way round. */
export interface Converted {
  readonly role: string
  readonly actions: readonly Access[]
}

/** The prefixes whose writing a role loses when the mode begins. */
function lostIn(mode: AccessMode): readonly string[] {
  return mode === 'strict' ? protectedPrefixes : rights.map((right) => rightKey(right, ''))
}

/** Gives every role the same actions in the words of the other mode, and takes the words of this one away. */
export async function convertRoles(
  etcd: EtcdClient,
  mode: AccessMode,
  deadline: Deadline,
): Promise<readonly Converted[]> {
  const converted: Converted[] = []
  const before = mode === 'strict' ? 'direct' : 'strict'
  const options = deadline.call()
  for (const role of await etcd.auth.roles.list(options)) {
    const held = await rolePermissions(etcd, role, options)
    const isHub = needsOf({ action: 'hub', subject: '' }).every((need) => coverOf(need, held, etcd.namespace))
    if (role === 'root' || isHub) continue
    const lost = held.filter((permission) => isLost(permission, mode, etcd.namespace))
    if (lost.length === 0) continue
    const actions = allowedActions(held, before, etcd.namespace).filter(isConverted)
    const needs = actions.flatMap((access) => needsOf(access, mode))
    await grantNeeds(etcd, role, needs, held, options)
    for (const permission of lost) await withdraw(etcd, role, permission, options)
    // What was read by a permission that went is read by one of its own.
    await grantNeeds(etcd, role, needs, await rolePermissions(etcd, role, options), options)
    converted.push({ role, actions })
  }
  return converted
}

/** Loading and registering are the same in both modes. */
function isConverted({ action }: Access): boolean {
  return action !== 'read' && action !== 'register'
}

function isLost(permission: HeldPermission, mode: AccessMode, namespace: string): boolean {
  if (permission.type === 'read') return false
  return lostIn(mode).some((key) => isWithin(permission, { key, isPrefix: true }, namespace))
}

/** Takes the writing of a permission away. What could be read still can. */
async function withdraw(
  etcd: EtcdClient,
  role: string,
  { type, key, rangeEnd }: HeldPermission,
  options: CallOptions,
): Promise<void> {
  const name = key.slice(etcd.namespace?.length ?? 0)
  const range = rangeEnd === '' ? { key: name } : { from: name, to: rangeEnd.slice(etcd.namespace?.length ?? 0) }
  if (type === 'readwrite') await etcd.auth.roles.grant(role, 'read', range, options)
  else await etcd.auth.roles.revoke(role, range, options)
}
