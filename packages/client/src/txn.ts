import type { CallOptions } from '@waypost/core'
import type { Condition } from './compare.ts'
import type { Operation, ResultsOf } from './operation.ts'

type Operations = readonly Operation<unknown>[]

/** What a transaction did. `succeeded` says which branch ran and narrows `responses` to its results. */
export type TxnResult<Do extends Operations = Operations, Else extends Operations = Operations> =
  | { readonly succeeded: true; readonly revision: bigint; readonly responses: ResultsOf<Do> }
  | { readonly succeeded: false; readonly revision: bigint; readonly responses: ResultsOf<Else> }

/**
 * Builds a transaction: `txn().if(…).do(…).else(…).commit()`. Every step returns a new builder, and only
 * `commit` sends anything. There is no `then` method: an object that has one is called by every `await`.
 */
export class Txn<Do extends Operations = readonly [], Else extends Operations = readonly []> {
  /** Adds conditions, all of which must hold. None at all holds. */
  if(..._conditions: readonly Condition[]): Txn<Do, Else> {
    throw new Error('not written yet')
  }

  /** Adds steps for when every condition holds. */
  do<More extends Operations>(..._operations: More): Txn<readonly [...Do, ...More], Else> {
    throw new Error('not written yet')
  }

  /** Adds steps for when a condition does not hold. */
  else<More extends Operations>(..._operations: More): Txn<Do, readonly [...Else, ...More]> {
    throw new Error('not written yet')
  }

  /** This transaction as a step of another one. */
  asOperation(): Operation<TxnResult<Do, Else>> {
    throw new Error('not written yet')
  }

  /** Sends it. Every call sends it anew. */
  commit(_options: CallOptions = {}): Promise<TxnResult<Do, Else>> {
    throw new Error('not written yet')
  }
}
