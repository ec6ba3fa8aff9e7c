import type { WaypostError } from '@waypost/core'
import { Lease, Reader } from '@waypost/protocol'
import type { ClientMethod } from '@waypost/rpc/client'

/** The request that renews a lease: the same every time, so that it is encoded once. */
export class RenewalRequest {
  readonly id: bigint
  #bytes: Uint8Array | undefined

  constructor(id: bigint) {
    this.id = id
  }

  /** @param headroomBytes always the same, since one transport sends it */
  encode(headroomBytes: number | undefined): Uint8Array {
    this.#bytes ??= Lease.leaseKeepAlive.request.encode({ id: this.id }, headroomBytes)
    return this.#bytes
  }
}

/** A renewal that was asked for and is not answered yet. */
export interface Renewal {
  readonly request: RenewalRequest
  /** When it was sent, on the stream that is open now; undefined while it waits for one. */
  sentAtMs: number | undefined
  /** Nobody wants the answer any more. */
  abandoned: boolean
  /** The one after it in its `RenewalQueue`. */
  next: Renewal | undefined
  /** @param ttlSeconds what the store granted; 0 or less when there is no such lease */
  onAnswer(ttlSeconds: number, sentAtMs: number): void
  onError(error: WaypostError): void
}

export interface RenewalAnswer {
  readonly id: bigint
  readonly ttlSeconds: number
}

/** `LeaseKeepAlive` as those need it who renew many leases: of an answer's header nothing is of use, nor read. */
export const renewals: ClientMethod<RenewalRequest, RenewalAnswer> = {
  path: Lease.leaseKeepAlive.path,
  request: { encode: (request, headroomBytes) => request.encode(headroomBytes) },
  response: { decode: readAnswer },
}

const idTag = 8 * 2
const ttlTag = 8 * 3

function readAnswer(bytes: Uint8Array): RenewalAnswer {
  const reader = new Reader(bytes)
  let id = 0n
  let ttlSeconds = 0
  while (!reader.done) {
    const tag = reader.tag()
    if (tag === idTag) id = reader.int64()
    else if (tag === ttlTag) ttlSeconds = Number(reader.int64())
    else reader.skip(tag)
  }
  return { id, ttlSeconds }
}
