import type { PutRequest, RequestOp, TxnRequest } from '@waypost/protocol'
import { EngineError } from '../engine-error.ts'

const defaultBytes = 2 * 2 ** 30
/** What etcd reckons for a key or a lease beyond its content. Source: etcd, server/etcdserver/quota.go. */
const keyOverheadBytes = 256
const leaseBytes = 64

/**
 * How much the store may hold. Whatever would go beyond it is refused, and raises the alarm NOSPACE; from then on
 * the alarm refuses puts, until an operator has made room and disarmed it.
 */
export class Quota {
  /** Infinity: without bound. */
  readonly bytes: number
  readonly #size: { readonly expectedBytes: number }
  readonly #raise: () => Promise<void>

  constructor(bytes: number | undefined, size: { readonly expectedBytes: number }, raise: () => Promise<void>) {
    this.bytes = bytes === undefined || bytes === 0 ? defaultBytes : bytes < 0 ? Number.POSITIVE_INFINITY : bytes
    this.#size = size
    this.#raise = raise
  }

  /** The refusal, when there is no room for the put: a promise that rejects with `noSpace` once the alarm is raised. */
  refusalOfPut(request: PutRequest): Promise<never> | undefined {
    return this.#refusal(costOfPut(request))
  }

  /** The dearer branch counts. */
  refusalOfTxn(request: TxnRequest): Promise<never> | undefined {
    const cost = costOfTxn(request)
    return cost === 0 ? undefined : this.#refusal(cost)
  }

  refusalOfLease(): Promise<never> | undefined {
    return this.#refusal(leaseBytes)
  }

  #refusal(cost: number): Promise<never> | undefined {
    return this.#size.expectedBytes + cost < this.bytes ? undefined : this.#refuse()
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

function costOfTxn(request: TxnRequest): number {
  return Math.max(costOfBranch(request.success), costOfBranch(request.failure))
}

function costOfBranch(ops: readonly RequestOp[]): number {
  let cost = 0
  for (const { requestPut, requestTxn } of ops) {
    if (requestPut) cost += costOfPut(requestPut)
    else if (requestTxn) cost += costOfTxn(requestTxn)
  }
  return cost
}

function costOfPut({ key, value }: PutRequest): number {
  return keyOverheadBytes + key.length + value.length
}
