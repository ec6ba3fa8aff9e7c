import type { PutRequest, RequestOp, TxnRequest } from '@waypost/protocol'
import { EngineError } from '../engine-error.ts'
import type { CommandKind, CommandRequest } from './command.ts'

const defaultBytes = 2 * 2 ** 30
/** What etcd reckons for a key beyond its own bytes and its value's, and for a lease. */
const putOverheadBytes = 256
const leaseBytes = 64

const costs: { readonly [K in CommandKind]: (request: CommandRequest<K>) => number } = {
  put: costOfPut,
  txn: costOfTxn,
  leaseGrant: () => leaseBytes,
  // What makes room, or needs next to none, is always taken.
  deleteRange: () => 0,
  compact: () => 0,
  leaseRevoke: () => 0,
  auth: () => 0,
  alarm: () => 0,
}

/**
 * How much the store may hold. A command that would exceed it is refused, and raises the alarm NOSPACE; from then on
 * the alarm refuses puts, until an operator has made room and disarmed it.
 */
export class Quota {
  /** Infinity: without bound. */
  readonly bytes: number
  /** As it was configured: negative means without bound, as on etcd. */
  readonly configuredBytes: number
  readonly #size: { readonly usedBytes: number }
  readonly #raise: () => Promise<void>

  constructor(bytes: number | undefined, size: { readonly usedBytes: number }, raise: () => Promise<void>) {
    this.configuredBytes = bytes || defaultBytes
    this.bytes = this.configuredBytes < 0 ? Number.POSITIVE_INFINITY : this.configuredBytes
    this.#size = size
    this.#raise = raise
  }

  /**
   * The refusal, when there is no room for the command: a promise that rejects with `noSpace` once the alarm is
   * raised. A command that costs nothing always passes.
   */
  refusalOf<K extends CommandKind>(kind: K, request: CommandRequest<K>): Promise<never> | undefined {
    const cost = costs[kind](request)
    return cost === 0 || this.#size.usedBytes + cost < this.bytes ? undefined : this.#refuse()
  }

  async #refuse(): Promise<never> {
    await this.#raise()
    throw new EngineError('noSpace')
  }
}

/** Whether either branch, or a nested one, puts something. */
export function hasPut(request: TxnRequest): boolean {
  return costOfTxn(request) > 0
}

function costOfPut(request: PutRequest): number {
  return putOverheadBytes + request.key.length + request.value.length
}

/** Of the branches the dearer one. */
function costOfTxn(request: TxnRequest): number {
  return Math.max(costOfOps(request.success), costOfOps(request.failure))
}

function costOfOps(ops: readonly RequestOp[]): number {
  let cost = 0
  for (const { requestPut, requestTxn } of ops) {
    if (requestPut) cost += costOfPut(requestPut)
    else if (requestTxn) cost += costOfTxn(requestTxn)
  }
  return cost
}
