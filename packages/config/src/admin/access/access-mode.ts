import type { EtcdClient } from '@waypost/client'
import { type CallOptions, type Clock, Deadline, WaypostError } from '@waypost/core'
import { boolean, type OptionKinds } from '@waypost/core/options'
import { commitAudited } from '../audit/audited-write.ts'
import { type Authorship, authoredCallKinds } from '../audit/authorship.ts'
import { checkAccess } from './check-access.ts'
import { type Converted, convertRoles } from './convert-roles.ts'
import { type AccessMode, modeKey } from './rights.ts'

export interface SetModeOptions extends Authorship, CallOptions {
  /**
   * Replaces what roles may write directly by the right to ask for the same, or the other way round. Default false:
   * the strict mode is refused while somebody could go past it.
   */
  readonly convert?: boolean | undefined
}

export const setModeOptionKinds: OptionKinds<SetModeOptions> = { ...authoredCallKinds, convert: boolean }

/** What `setAccessMode` did. */
export interface ModeChange {
  readonly mode: AccessMode
  readonly converted: readonly Converted[]
}

/**
 * Sets the mode. The strict one needs a store with authentication, a login for the hub, and roles that do not write
 * past the hub: fails with `failed-precondition` and says what is in the way. For whoever has the role root.
 */
export async function setAccessMode(
  etcd: EtcdClient,
  clock: Clock,
  mode: AccessMode,
  options: SetModeOptions = {},
): Promise<ModeChange> {
  const deadline = new Deadline({ ...options, clock })
  if (mode === 'strict') await checkReady(etcd, deadline, options.convert === true)
  // Roles get the right to ask before the mode counts, so that nobody stands without either.
  const converted = options.convert ? await convertRoles(etcd, mode, deadline) : []
  const { author, address, comment } = options
  const write = {
    conditions: [],
    writes: [{ key: modeKey, value: mode }],
    audit: { author, address, action: 'access.mode', detail: mode, comment },
  }
  await commitAudited(etcd, clock, write, deadline)
  return { mode, converted }
}

async function checkReady(etcd: EtcdClient, deadline: Deadline, converts: boolean): Promise<void> {
  const { isAuthenticated, hubRoles, runningHubs, bypasses } = await checkAccess(etcd, deadline.call())
  const refuse = (reason: string): WaypostError => new WaypostError('failed-precondition', reason)
  if (!isAuthenticated) {
    throw refuse('Authentication is off in the store, so rights have no effect: turn it on with `waypost auth enable`.')
  }
  if (runningHubs === 0 && !hubRoles.some(({ users }) => users.length > 0)) {
    throw refuse(
      'No hub runs that may write for others, and no login for one exists: `waypost user add hub`, then ' +
        '`waypost access grant hub hub ""`. The hub beside `waypost serve` needs none.',
    )
  }
  const inTheWay = bypasses.filter(({ canBeConverted }) => !(converts && canBeConverted))
  if (inTheWay.length === 0) return
  const list = inTheWay.map(({ role, text }) => `${role} may ${text}`).join('; ')
  const advice = inTheWay.some(({ canBeConverted }) => !canBeConverted)
    ? 'Narrow permissions beyond Waypost’s own keys by hand (waypost role revoke-permission).'
    : 'Convert them to the right to ask (--convert).'
  throw refuse(`These roles could write without the hub: ${list}. ${advice}`)
}
