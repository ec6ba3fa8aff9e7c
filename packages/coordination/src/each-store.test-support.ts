import { EtcdClient, type EtcdClientOptions } from '@waypost/client'
import { type ContractStore, etcd34, patienceMs, stores } from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { Coordination } from './coordination.ts'
import type { CoordinationOptions } from './shared/settings.ts'

const isLong = process.env.WAYPOST_LONG !== undefined
/** The memory flavour differs from the durable one only in that it cannot be restarted. */
const usual = stores().filter(({ name }) => name !== 'embedded-memory')
const flavours = isLong ? [...usual, etcd34] : usual

/** What a running test has. */
export class OnStore {
  readonly store: ContractStore
  readonly etcd: EtcdClient
  readonly #open: { close(): Promise<unknown> }[] = []

  constructor(store: ContractStore, etcd: EtcdClient) {
    this.store = store
    this.etcd = etcd
  }

  client(options: Partial<EtcdClientOptions> = {}): EtcdClient {
    return this.keep(new EtcdClient({ endpoints: this.store.url, timeoutMs: patienceMs, ...options }))
  }

  /** A coordination with a client of its own, as if it were another process. */
  coordination(options: CoordinationOptions = {}, client = this.client()): Coordination {
    return this.keep(new Coordination(client, { ttlSeconds: 60, ...options }))
  }

  keep<T extends { close(): Promise<unknown> }>(thing: T): T {
    this.#open.unshift(thing)
    return thing
  }

  async clear(): Promise<void> {
    for (const thing of this.#open.splice(0)) await thing.close()
    await this.etcd.kv.delete({ all: true })
  }
}

/** Registers tests for every kind of store. `on()` is valid while a test runs; the store is emptied after each. */
export function onEachStore(what: string, tests: (on: () => OnStore) => void): void {
  const running = flavours.filter((flavour) => flavour.canRun(what))
  describe.each(running)(`${what} on $name`, (flavour) => {
    let running: OnStore | undefined
    beforeAll(async () => {
      const store = await flavour.start()
      running = new OnStore(store, new EtcdClient({ endpoints: store.url, timeoutMs: patienceMs }))
    })
    afterEach(() => running?.clear())
    afterAll(async () => {
      await running?.etcd.close()
      await running?.store.close()
    })
    tests(() => {
      if (running) return running
      throw new Error('The store is used before it was started.')
    })
  })
}
