import { EtcdClient, type EtcdClientOptions } from '@waypost/client'
import { type ContractStore, type StoreFlavour, stores } from '@waypost/testkit'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { Registry } from './registry.ts'
import type { RegistryOptions } from './registry-options.ts'

/** The embedded store and one etcd: what differs between them shows there. */
export function twoStores(tests: string): readonly StoreFlavour[] {
  return stores().filter(({ name, canRun }) => (name === 'embedded-durable' || name === 'etcd-1') && canRun(tests))
}

/** Registries on a store, each with a client of its own, as if each were another process. */
export class Registries {
  readonly #store: () => ContractStore
  readonly #open: (Registry | EtcdClient)[] = []

  constructor(store: () => ContractStore) {
    this.#store = store
  }

  get store(): ContractStore {
    return this.#store()
  }

  client(options: Partial<EtcdClientOptions> = {}): EtcdClient {
    const client = new EtcdClient({ endpoints: this.store.url, ...options })
    this.#open.push(client)
    return client
  }

  registry(options?: RegistryOptions, client = this.client()): Registry {
    const registry = new Registry(client, options)
    this.#open.unshift(registry)
    return registry
  }

  async close(): Promise<void> {
    for (const one of this.#open.splice(0)) await one.close()
    await using client = new EtcdClient({ endpoints: this.store.url })
    await client.kv.delete({ all: true })
  }
}

/** Starts a store for the tests of a block, and empties it after each. */
export function registriesOn(flavour: StoreFlavour): Registries {
  let store: ContractStore
  const registries = new Registries(() => store)
  beforeAll(async () => {
    store = await flavour.start()
  })
  afterEach(() => registries.close())
  afterAll(() => store?.close())
  return registries
}
