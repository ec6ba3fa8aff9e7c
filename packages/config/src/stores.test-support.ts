import { requireOrSkip, startEtcd } from '@waypost/testkit'

export interface TestStore {
  readonly url: string
  /** Stops it and starts it again on the same data. */
  restart(): Promise<void>
  close(): Promise<void>
}

export interface TestStoreKind {
  readonly name: string
  canRun(): boolean
  start(): Promise<TestStore>
}

export const storeKinds: readonly TestStoreKind[] = [
  { name: 'etcd', canRun: () => requireOrSkip('the configuration on etcd', 'etcd'), start: () => startEtcd() },
]
