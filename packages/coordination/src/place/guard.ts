import type { Condition, Operation, Txn } from '@waypost/client'

/**
 * Adds "this place is still held" to a transaction. The store decides: once the place is gone, the transaction takes
 * its `else` branch, however late it was sent.
 */
export type Guard = <const Do extends readonly Operation<unknown>[], const Else extends readonly Operation<unknown>[]>(
  txn: Txn<Do, Else>,
) => Txn<Do, Else>

export function guardOf(conditions: readonly Condition[]): Guard {
  return (txn) => txn.if(...conditions)
}
