import { EtcdClient, type LinkStatus } from '@waypost/client'
import type { ConfigCenter } from '@waypost/config/admin'
import type { Coordination } from '@waypost/coordination'
import { WaypostError } from '@waypost/core'
import type { Registry } from '@waypost/registry'
import { type Asked, keysBelow } from '../access/asked.ts'
import type { GlobalOptions } from '../command-line/global-options.ts'
import type { Header } from '../print/answers.ts'
import { actingUser } from './acting-user.ts'
import { documentChecks } from './document-checks.ts'
import { storeOptions } from './store-options.ts'

/** What the store lets nobody else do: users, roles, members, snapshots, alarms. */
const onlyRoot = {
  needs: 'it needs the role root. A user that has it may give it: waypost user grant-role <user> root',
}

export interface StoreUse {
  /** The store may not be needed: it counts as lost only when something is asked of it. Default false. */
  readonly mayBeAway?: boolean
}

/** How long a store that refuses connections is given, unless a time was asked for. */
const patienceMs = 500

/**
 * Does something with the store that the options and the environment name, and closes the client in any case.
 *
 * @param access what it does, in words: a denial says what is missing for it. Default: what only root may do
 */
export async function withStore<T>(
  options: GlobalOptions,
  use: (etcd: EtcdClient) => Promise<T>,
  access?: Asked,
  { mayBeAway = false }: StoreUse = {},
): Promise<T> {
  const clientOptions = await storeOptions(options)
  let wasConnected = false
  await using etcd = new EtcdClient({
    ...clientOptions,
    metrics: {
      connected: () => {
        wasConnected = true
      },
    },
    // A store that was never reached is the error of the command. One that goes away later is reported as it is.
    logger: {
      debug: () => {},
      warn: (line) => {
        if (wasConnected) console.warn(`waypost: ${line}`)
      },
    },
  })
  const statuses = mayBeAway ? undefined : etcd.status()
  try {
    if (statuses === undefined) return await use(etcd)
    return await Promise.race([use(etcd), notReached(etcd.endpoints, statuses, clientOptions.timeoutMs ?? patienceMs)])
  } catch (error) {
    // Without an endpoint it is not the store that refuses, but a policy, which says so itself.
    if (!WaypostError.is(error, 'permission-denied') || !error.endpoint) throw error
    const { explainDenial } = await import('../access/explain-denial.ts')
    throw await explainDenial(error, etcd, actingUser(options), access ?? onlyRoot)
  } finally {
    await statuses?.return?.()
  }
}

/** Fails when no endpoint can be connected to: a person who mistyped one should not wait for the whole deadline. */
async function notReached(
  endpoints: readonly string[],
  statuses: AsyncIterable<LinkStatus>,
  withinMs: number,
): Promise<never> {
  const beganMs = performance.now()
  for await (const { state, error } of statuses) {
    if (state === 'ready') break
    if (error === undefined || performance.now() - beganMs < withinMs) continue
    if (error.code !== 'unavailable') throw error
    throw new WaypostError('unavailable', `No store could be reached at ${endpoints.join(', ')}: ${error.message}`, {
      cause: error,
    })
  }
  return await new Promise<never>(() => {})
}

/** The same with the configuration in the store. */
export function withConfig<T>(
  options: GlobalOptions,
  use: (config: ConfigCenter) => Promise<T>,
  access?: Asked,
  storeUse?: StoreUse,
): Promise<T> {
  return withStore(
    options,
    async (etcd) => {
      const { ConfigCenter } = await import('@waypost/config/admin')
      await using config = new ConfigCenter(etcd, { checks: documentChecks })
      return await use(config)
    },
    access,
    storeUse,
  )
}

/** The same with what processes coordinate by. */
export function withCoordination<T>(
  options: GlobalOptions,
  use: (coordination: Coordination) => Promise<T>,
): Promise<T> {
  return withStore(
    options,
    async (etcd) => {
      const { Coordination } = await import('@waypost/coordination')
      await using coordination = new Coordination(etcd)
      return await use(coordination)
    },
    [keysBelow('readwrite', '/waypost/queues/'), keysBelow('readwrite', '/waypost/schedules/')],
  )
}

/** The same with the registry in the store. */
export function withRegistry<T>(
  options: GlobalOptions,
  use: (registry: Registry, etcd: EtcdClient) => Promise<T>,
  access?: Asked,
  storeUse?: StoreUse,
): Promise<T> {
  return withStore(
    options,
    async (etcd) => {
      const { Registry } = await import('@waypost/registry')
      await using registry = new Registry(etcd)
      return await use(registry, etcd)
    },
    access,
    storeUse,
  )
}

/** What etcd calls the header of an answer. The store is asked for it, as the client's results hold only the revision. */
export async function headerAt(etcd: EtcdClient, revision?: bigint): Promise<Header> {
  try {
    const status = await etcd.maintenance.status()
    return { ...status, revision: revision ?? status.revision }
  } catch (error) {
    // The operation itself is done: what its header lacks must not make it look failed.
    if (revision !== undefined && WaypostError.is(error)) return { revision }
    throw error
  }
}
