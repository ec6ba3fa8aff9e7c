import { type StoreFlavour, stores } from '@waypost/testkit'

/** The kinds of store that the client's tests meet: ours, durable, and one etcd. Those missing are named as skipped. */
export function realStores(tests: string): StoreFlavour[] {
  return stores().filter(
    (flavour) => (flavour.name === 'embedded-durable' || flavour.name === 'etcd-1') && flavour.canRun(tests),
  )
}

export function portOf(store: { readonly url: string }): number {
  return Number(new URL(store.url).port)
}
