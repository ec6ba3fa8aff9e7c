import { type PresenceOptions, presenceOptionKinds } from '@waypost/client'
import type { CallOptions, Clock } from '@waypost/core'
import {
  anyOf,
  boolean,
  callOptionKinds,
  functionKind,
  kindOf,
  type OptionKinds,
  oneOf,
  optionsKind,
  text,
  withMethods,
} from '@waypost/core/options'
import { type BalanceOptions, balanceOptionKinds } from './balance/balance-options.ts'
import { type Where, whereKind } from './discover/selector.ts'
import type { ServiceChanges } from './discover/service-changes.ts'
import { type GuardOptions, guardOptionKinds } from './guard/guard-options.ts'

export interface RegistryOptions extends PresenceOptions {
  /** When views hold on to instances whose records are lost. `false`: never. */
  readonly guard?: GuardOptions | false | undefined
  /**
   * A directory of this process's own, where what is followed is kept, so that a process that starts while the store
   * is away begins with what it knew last. Made when it is missing. Default none.
   */
  readonly snapshotDir?: string | undefined
  /** What this process is called where it says that it follows a service. Default `npm_package_name`, if set. */
  readonly app?: string | undefined
  /** The source of time; for tests. */
  readonly clock?: Clock | undefined
  /** A source of numbers in [0, 1) for jitter; for tests. */
  readonly random?: (() => number) | undefined
}

/** `signal` and `timeoutMs` (default 5,000) bound the wait for the first list. The view lives until it is closed. */
export interface FollowOptions extends CallOptions {
  /**
   * False resolves at once with a view that may still be empty, for a process that is to start while the store is
   * away; `view.ready` settles later. Default true.
   */
  readonly wait?: boolean | undefined
}

export const followOptionKinds: OptionKinds<FollowOptions> = { ...callOptionKinds, wait: boolean }

export interface DiscoverOptions extends FollowOptions {
  /** Which instances the view shows. Default all. */
  readonly where?: Where | undefined
  /** How `pick` chooses. Default by weight in turn. */
  readonly balance?: BalanceOptions | undefined
  /**
   * False only looks: a drain does not wait for this process to see it. For tools; a process that sends traffic
   * subscribes. Default true.
   */
  readonly subscribe?: boolean | undefined
  /**
   * For a process that passes instances on to others, such as a gateway to its workers. Called for every change, in
   * their order, within the turn in which it arrives. Whoever drains is told that this process has seen the change only
   * when the promise has settled. Default: a change counts as seen when the view shows it.
   */
  readonly passOn?: ((changes: ServiceChanges) => Promise<unknown>) | undefined
}

export const registryOptionKinds: OptionKinds<RegistryOptions> = {
  ...presenceOptionKinds,
  guard: anyOf(oneOf(false), optionsKind(guardOptionKinds)),
  snapshotDir: text,
  app: text,
  clock: withMethods('a clock', ['monotonicMs', 'after']),
  random: functionKind<() => number>(),
}

export const discoverOptionKinds: OptionKinds<DiscoverOptions> = {
  ...followOptionKinds,
  where: whereKind,
  balance: optionsKind(balanceOptionKinds),
  subscribe: boolean,
  passOn: functionKind<(changes: ServiceChanges) => Promise<unknown>>(),
}

export interface InstancesOptions extends CallOptions {
  /** As it was then. Default: as it is. */
  readonly revision?: bigint | undefined
}

export const instancesOptionKinds: OptionKinds<InstancesOptions> = {
  ...callOptionKinds,
  revision: kindOf<bigint>('a bigint', (value) => typeof value === 'bigint'),
}
