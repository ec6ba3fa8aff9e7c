import { EtcdClient } from '@waypost/client'
import type { Config } from '@waypost/config'
import { WaypostError } from '@waypost/core'
import type { Registry } from '@waypost/registry'
import type { GlobalOptions } from './global-options.ts'
import type { Header } from './output/answers.ts'
import { storeOptions } from './store-options.ts'

export interface StoreSettings {
  /** How long an answer may take. */
  readonly timeoutMs: number
}

/** Does something with the store that the options and the environment name, and closes the client in any case. */
export async function withStore<T>(
  options: GlobalOptions,
  use: (etcd: EtcdClient, settings: StoreSettings) => Promise<T>,
): Promise<T> {
  const clientOptions = await storeOptions(options)
  await using etcd = new EtcdClient(clientOptions)
  return await use(etcd, { timeoutMs: clientOptions.timeoutMs })
}

/** The same with the configuration in the store. */
export function withConfig<T>(options: GlobalOptions, use: (config: Config) => Promise<T>): Promise<T> {
  return withStore(options, async (etcd) => {
    const { Config } = await import('@waypost/config')
    await using config = new Config(etcd)
    return await use(config)
  })
}

/** The same with the registry in the store. */
export function withRegistry<T>(
  options: GlobalOptions,
  use: (registry: Registry, etcd: EtcdClient) => Promise<T>,
): Promise<T> {
  return withStore(options, async (etcd) => {
    const { Registry } = await import('@waypost/registry')
    await using registry = new Registry(etcd)
    return await use(registry, etcd)
  })
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
