import { recordSkip } from '../etcd/require-or-skip.ts'
import type { Wire } from '../wire/wire.ts'

/** A running store, as the contract suites see it. */
export interface ContractStore {
  readonly flavour: string
  readonly url: string
  readonly wire: Wire
  /** It is etcd 3.4, which is not the model in a few places: see `notLike34`. */
  readonly isEtcd34: boolean
  /** The store is of several members: a follower may lag, and leases are renewed through the leader. */
  readonly isCluster: boolean
  /** Another store of the same flavour, empty, which the caller closes. */
  startFresh(): Promise<ContractStore>
  /** Stops it and starts it again on the same data and address; undefined where nothing is durable. */
  readonly restart: (() => Promise<void>) | undefined
  close(): Promise<void>
}

/** Registers the tests of one part of the contract. `store()` is valid while a test runs. */
export type ContractSuite = (store: () => ContractStore) => void

/**
 * Where etcd 3.4 departs from what later versions, and this project, do. Tests that use one of these are
 * skipped on etcd 3.4 with this sentence as the reason.
 */
export const departuresOf34 = {
  sortEnum: 'etcd 3.4 accepts sort options that do not exist',
  negativeStart: 'etcd 3.4 treats a negative start revision as a compacted one',
  progressWithoutWatchers: 'etcd 3.4 answers a progress request on a stream without watchers',
  futureProgress: 'etcd 3.4 answers a progress request although every watcher waits for the future',
  progressOrder: 'etcd 3.4 lets the answer to a progress request overtake events',
  tombstone: 'etcd 3.4 compacts away a tombstone at the compacted revision',
  rolePermission: 'etcd 3.4 dies when a role is granted no permission',
  openEndpoints: 'etcd 3.4 answers Status, MemberList, Compact and Leases without a login',
  authStatus: 'etcd 3.4 has no AuthStatus',
  downgrade: 'etcd 3.4 has no Downgrade',
  httpErrors: 'etcd 3.4 writes errors of its JSON gateway in an older form',
  storageVersion: 'etcd 3.4 reports no version of its storage',
  hashAtCompacted: 'etcd 3.4 refuses HashKV at the compacted revision',
  rangeStream: 'etcd 3.4 has no RangeStream',
  keysOnlyLease: 'etcd 3.4 shows the lease of a key without its value',
  leaseGuards: 'etcd 3.4 renews a lease, and shows its keys, whatever is attached to it',
  txnGuards: 'etcd 3.4 checks neither nested operations, nor prev_kv and leases inside a transaction',
  watchGuard: 'etcd 3.4 lets a watch with an open end pass unchecked',
  permissionRange: 'etcd 3.4 grants a permission whose range is empty',
  bearer: 'etcd 3.4 takes a token in authorization only bare',
  expiredWaiter: 'etcd 3.4 gives a lock to a waiter whose key is gone',
  badToken: 'etcd 3.4 refuses a bad token although authentication is off',
} as const

export type DepartureOf34 = keyof typeof departuresOf34

/** What a running test offers to end itself as skipped. */
interface Skippable {
  skip(note: string): void
}

/** Skips the running test on a store that departs. */
export function notLike34(context: Skippable, store: ContractStore, departure: DepartureOf34): void {
  if (store.isEtcd34) skip(context, store, departuresOf34[departure])
}

/** Skips the running test on a store that cannot be restarted on its data. */
export function onlyDurable(context: Skippable, store: ContractStore): void {
  if (store.restart) return
  skip(context, store, store.isCluster ? 'one member of a cluster is not restarted here' : 'nothing of it is durable')
}

function skip(context: Skippable, store: ContractStore, reason: string): void {
  recordSkip(`a part of the etcd v3 contract on ${store.flavour}`, reason)
  context.skip(reason)
}
