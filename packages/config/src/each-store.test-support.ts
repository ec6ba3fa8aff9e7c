import { EtcdClient } from '@waypost/client'
import { type ContractStore, patienceMs, stores } from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest'
import { ConfigCenter } from './admin/config-center.ts'

/** What a running test has. */
export interface OnStore {
  readonly store: ContractStore
  readonly etcd: EtcdClient
  /** New for each test. */
  readonly config: ConfigCenter
}

/** The memory flavour differs from the durable one only in that it cannot be restarted. */
const flavours = stores().filter(({ name }) => name !== 'embedded-memory')

/** Registers tests for every kind of store. `on()` is valid while a test runs; the store is emptied after each. */
export function onEachStore(what: string, tests: (on: () => OnStore) => void): void {
  const running = flavours.filter((flavour) => flavour.canRun(what))
  describe.each(running)(`${what} on $name`, (flavour) => {
    let store: ContractStore | undefined
    let etcd: EtcdClient | undefined
    let config: ConfigCenter | undefined

    beforeAll(async () => {
      store = await flavour.start()
      etcd = new EtcdClient({ endpoints: store.url, timeoutMs: patienceMs })
    })

    afterAll(async () => {
      await etcd?.close()
      await store?.close()
    })

    beforeEach(() => {
      if (etcd) config = new ConfigCenter(etcd)
    })

    afterEach(async () => {
      await config?.close()
      await etcd?.kv.delete({ all: true })
    })

    tests(() => {
      if (store && etcd && config) return { store, etcd, config }
      throw new Error('The store is used before it was started.')
    })
  })
}
