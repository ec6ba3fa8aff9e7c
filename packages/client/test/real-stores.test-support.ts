import { EtcdClient } from '@waypost/client'
import { type ContractStore, patienceMs, type StoreFlavour, stores } from '@waypost/testkit'
import { afterAll, beforeAll } from 'vitest'

/** The kinds of store that the client's tests meet: ours, durable, and one etcd. Those missing are named as skipped. */
export function realStores(tests: string): StoreFlavour[] {
  return stores().filter(
    (flavour) => (flavour.name === 'embedded-durable' || flavour.name === 'etcd-1') && flavour.canRun(tests),
  )
}

export function portOf(store: { readonly url: string }): number {
  return Number(new URL(store.url).port)
}

/** Starts a store and a client of it for the tests of a block, and hands them over before the first. */
export function runStore(flavour: StoreFlavour, use: (store: ContractStore, client: EtcdClient) => void): void {
  let store: ContractStore | undefined
  let client: EtcdClient | undefined
  beforeAll(async () => {
    store = await flavour.start()
    client = new EtcdClient({ endpoints: store.url, timeoutMs: patienceMs })
    use(store, client)
  })
  afterAll(async () => {
    await client?.close()
    await store?.close()
  })
}
