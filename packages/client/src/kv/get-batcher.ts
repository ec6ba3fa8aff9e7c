import { WaypostError, type WaypostErrorCode } from '@waypost/core'
import { type KeyValue, KV, type RequestOp, type TxnRequest } from '@waypost/protocol'
import type { Caller } from '../link/caller.ts'
import { getRequest } from './kv-request.ts'

interface Waiting {
  readonly key: Uint8Array
  resolve(raw: KeyValue | undefined): void
  reject(error: unknown): void
}

/** Well within etcd's limit of 128, and few enough that answers stay small. */
const maxBatch = 32

/** These say something about the store or the way to it, not about one of the keys. */
const sharedFailures: ReadonlySet<WaypostErrorCode> = new Set([
  'unavailable',
  'deadline-exceeded',
  'closed',
  'unauthenticated',
])

/**
 * Sends the reads of one turn together, as one transaction: it is answered at one revision, after all of them were
 * asked, so each is as linearizable as alone. When the store refuses the transaction, each read is sent by itself,
 * so that a key that may not be read does not take its neighbours along.
 */
export class GetBatcher {
  readonly #caller: Caller
  readonly #flushLater = (): void => this.#flush()
  #waiting: Waiting[] = []

  constructor(caller: Caller) {
    this.#caller = caller
  }

  get(key: Uint8Array): Promise<KeyValue | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ key, resolve, reject })
      if (this.#waiting.length === 1) queueMicrotask(this.#flushLater)
      else if (this.#waiting.length === maxBatch) this.#flush()
    })
  }

  #flush(): void {
    const batch = this.#waiting
    this.#waiting = []
    const [first] = batch
    if (first === undefined) return
    if (batch.length === 1) this.#alone(first)
    else this.#together(batch)
  }

  #alone({ key, resolve, reject }: Waiting): void {
    this.#caller.call(KV.range, getRequest(key, undefined), 'read').then((response) => resolve(response.kvs[0]), reject)
  }

  #together(batch: readonly Waiting[]): void {
    this.#caller.call(KV.txn, transactionOf(batch), 'read').then(
      ({ responses }) => {
        for (const [index, { resolve, reject }] of batch.entries()) {
          const response = responses[index]?.responseRange
          if (response !== undefined) resolve(response.kvs[0])
          else reject(new WaypostError('internal', 'The store answered a read in a transaction with something else.'))
        }
      },
      (error: unknown) => {
        const isShared = WaypostError.is(error) && sharedFailures.has(error.code)
        for (const waiting of batch) {
          if (isShared) waiting.reject(copyOf(error))
          else this.#alone(waiting)
        }
      },
    )
  }
}

/** Each caller gets an error of its own, whose stack can say who it was. */
function copyOf({ code, message, cause, endpoint, retryable, details }: WaypostError): WaypostError {
  return new WaypostError(code, message, { cause, endpoint, retryable, details })
}

function transactionOf(batch: readonly Waiting[]): TxnRequest {
  const success: RequestOp[] = []
  for (const { key } of batch) {
    success.push({
      requestRange: getRequest(key, undefined),
      requestPut: undefined,
      requestDeleteRange: undefined,
      requestTxn: undefined,
    })
  }
  return { compare: [], success, failure: [] }
}
