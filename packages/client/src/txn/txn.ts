import { type CallOptions, WaypostError } from '@waypost/core'
import { callOptionKinds, checkOptionsIfGiven } from '@waypost/core/options'
import { KV, type TxnRequest, type TxnResponse } from '@waypost/protocol'
import type { KeySpace } from '../keys/key-space.ts'
import { present, revisionOf } from '../kv/kv-response.ts'
import type { Caller } from '../link/caller.ts'
import type { Condition } from './compare.ts'
import { Operation, type ResultsOf } from './operation.ts'

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
  readonly #caller: Caller
  readonly #space: KeySpace
  readonly #conditions: readonly Condition[]
  readonly #do: Do
  readonly #else: Else

  /** @internal */
  constructor(caller: Caller, space: KeySpace, conditions: readonly Condition[], whenTrue: Do, whenFalse: Else) {
    this.#caller = caller
    this.#space = space
    this.#conditions = conditions
    this.#do = whenTrue
    this.#else = whenFalse
  }

  /** Adds conditions, all of which must hold. With none, the first branch runs. */
  if(...conditions: readonly Condition[]): Txn<Do, Else> {
    return new Txn(this.#caller, this.#space, [...this.#conditions, ...conditions], this.#do, this.#else)
  }

  /** Adds steps for when every condition holds. */
  do<const More extends Operations>(...operations: More): Txn<readonly [...Do, ...More], Else> {
    return new Txn(this.#caller, this.#space, this.#conditions, [...this.#do, ...operations] as const, this.#else)
  }

  /** Adds steps for when a condition does not hold. */
  else<const More extends Operations>(...operations: More): Txn<Do, readonly [...Else, ...More]> {
    return new Txn(this.#caller, this.#space, this.#conditions, this.#do, [...this.#else, ...operations] as const)
  }

  /** This transaction as a step of another one. */
  asOperation(): Operation<TxnResult<Do, Else>> {
    return new Operation(
      this.#writes,
      (space) => ({ requestTxn: this.#encode(space) }),
      (response, revision, space) => this.#decode(present(response.responseTxn), revision, space),
    )
  }

  /**
   * Sends it. Every call sends it again. A transaction that only reads is repeated as reads are; one that can write
   * is not, and fails with `outcome-unknown` when its answer is lost.
   */
  async commit(options?: CallOptions): Promise<TxnResult<Do, Else>> {
    checkOptionsIfGiven('txn.commit', options, callOptionKinds)
    const request = this.#encode(this.#space)
    const response = await this.#caller.call(KV.txn, request, this.#writes ? 'write' : 'read', options)
    return this.#decode(response, revisionOf(response.header), this.#space)
  }

  get #writes(): boolean {
    return this.#do.some((step) => step.writes) || this.#else.some((step) => step.writes)
  }

  #encode(space: KeySpace): TxnRequest {
    return {
      compare: this.#conditions.map((condition) => condition.encode(space)),
      success: this.#do.map((step) => step.encode(space)),
      failure: this.#else.map((step) => step.encode(space)),
    }
  }

  #decode(response: TxnResponse, revision: bigint, space: KeySpace): TxnResult<Do, Else> {
    return response.succeeded
      ? { succeeded: true, revision, responses: resultsOf(this.#do, response, revision, space) }
      : { succeeded: false, revision, responses: resultsOf(this.#else, response, revision, space) }
  }
}

function resultsOf<Steps extends Operations>(
  steps: Steps,
  response: TxnResponse,
  revision: bigint,
  space: KeySpace,
): ResultsOf<Steps> {
  if (response.responses.length !== steps.length) {
    throw new WaypostError('internal', 'The store answered a transaction with a wrong number of results.')
  }
  const results = steps.map((step, index) => step.decode(present(response.responses[index]), revision, space))
  // Each result is what its own step decodes to; the type system cannot follow a map over a tuple.
  return results as unknown as ResultsOf<Steps>
}
