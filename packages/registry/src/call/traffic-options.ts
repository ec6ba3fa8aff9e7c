import { WaypostError } from '@waypost/core'
import { anything, type OptionKinds, optionsKind } from '@waypost/core/options'
import { type BalanceOptions, balanceOptionKinds, resolveBalance } from '../balance/balance-options.ts'
import { type RetryBudgetOptions, retryBudgetOptionKinds } from '../balance/retry-budget.ts'
import { checkNotNegative } from '../record/check-values.ts'

/** When a call is made again, on another instance. */
export interface RetryOptions {
  /**
   * How often a call is sent at most. Attempts of which nothing was sent, because the instance took no connection, do
   * not count. Default 3.
   */
  readonly maxAttempts?: number | undefined
  /** How many retries there may be among all calls to a service. */
  readonly budget?: RetryBudgetOptions | undefined
}

/** What all ways to call have in common. */
export interface TrafficOptions {
  /** Default `peak-ewma`. */
  readonly balance?: BalanceOptions | undefined
  readonly retry?: RetryOptions | undefined
  /** How long a call waits for the first list of a service's instances. Default 5,000. */
  readonly discoverTimeoutMs?: number | undefined
}

const retryOptionKinds: OptionKinds<RetryOptions> = {
  maxAttempts: anything(),
  budget: optionsKind(retryBudgetOptionKinds),
}

export const trafficOptionKinds: OptionKinds<TrafficOptions> = {
  balance: optionsKind(balanceOptionKinds),
  retry: optionsKind(retryOptionKinds),
  discoverTimeoutMs: anything(),
}

export interface TrafficSettings {
  readonly balance: BalanceOptions
  readonly maxAttempts: number
  readonly budget: RetryBudgetOptions
  readonly discoverTimeoutMs: number
}

/** How many instances that take no connection a call tries: each is passed over from then on. */
export const maxUnreachable = 10

const defaultMaxAttempts = 3
const defaultDiscoverTimeoutMs = 5_000

/** Completes the defaults. Throws `invalid-argument`. */
export function resolveTraffic(options: TrafficOptions): TrafficSettings {
  const { retry = {}, discoverTimeoutMs = defaultDiscoverTimeoutMs } = options
  const { maxAttempts = defaultMaxAttempts, budget = {} } = retry
  const balance: BalanceOptions = { algorithm: 'peak-ewma', ...options.balance }
  resolveBalance(balance, 'peak-ewma')
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1) {
    throw new WaypostError('invalid-argument', `maxAttempts must be a whole number of 1 or more, not ${maxAttempts}.`)
  }
  checkNotNegative({ ...budget, discoverTimeoutMs })
  return { balance, maxAttempts, budget, discoverTimeoutMs }
}
