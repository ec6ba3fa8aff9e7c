import { afterAll, beforeAll, describe } from 'vitest'
import { etcd34, type FlavourName, stores } from '../stores.ts'
import type { ContractStore } from './contract-store.ts'
import { contractSuites } from './suites.ts'

/** Registers every contract suite for one flavour of store, on one instance of it. */
export function runContract(name: FlavourName): void {
  const flavour = [...stores(), etcd34].find((candidate) => candidate.name === name)
  if (!flavour) throw new Error(`There is no store flavour ${name}.`)
  const runs = flavour.canRun('the etcd v3 contract')
  describe.skipIf(!runs)(`the etcd v3 contract on ${name}`, () => {
    let store: ContractStore | undefined
    const running = (): ContractStore => {
      if (!store) throw new Error('The store is used before it was started.')
      return store
    }
    beforeAll(async () => {
      store = await flavour.start()
    })
    afterAll(async () => {
      await store?.close()
    })
    for (const suite of contractSuites) suite(running)
  })
}
