import { KeyValue, prefixEnd, RangeRequest, type TxnRequest } from '@waypost/protocol'
import type { ServerCall } from '@waypost/rpc/server'
import type { Engine } from '../apply/engine.ts'
import type { TxnOpResult, TxnResult } from '../apply/results.ts'
import type { Access } from '../auth/access.ts'
import { requireRange, requireTxn } from '../auth/request-rights.ts'
import { EngineError } from '../engine-error.ts'
import { DeletionWaits } from './deletion-waits.ts'
import { PrefixListeners } from './prefix-listeners.ts'
import { firstInQueue, lastBefore, leavePlace, placeKey, queuePrefix, takePlace } from './queue-requests.ts'

/** How long a session lives that the server makes for a caller who brings no lease. It is not kept alive. */
const sessionTtlSeconds = 60n

/** A place in the queue of a lock or an election. */
export interface Place {
  readonly prefix: Buffer
  readonly key: Buffer
  readonly lease: bigint
  /** Places are served in this order. */
  readonly createRevision: bigint
  /** The revision at which the place was taken or found. */
  readonly revision: number
  /** What the place held already, when the lease had it before. */
  readonly foundValue: Uint8Array | undefined
  /** Whether the server made the lease for this place. */
  readonly ownSession: boolean
}

/** The queues of locks and elections, with the rights of the caller. */
export class Queues {
  readonly #engine: Engine
  readonly #access: Access
  readonly #deletions: DeletionWaits
  readonly changes: PrefixListeners

  constructor(engine: Engine, access: Access) {
    this.#engine = engine
    this.#access = access
    this.#deletions = new DeletionWaits(engine)
    this.changes = new PrefixListeners(engine)
  }

  get revision(): number {
    return this.#engine.revision
  }

  /** Takes a place, or finds the one that the lease has. */
  async join(call: ServerCall, name: Uint8Array, lease: bigint, value: Uint8Array): Promise<Place> {
    const prefix = queuePrefix(name)
    this.#access.restricted(call)?.requireRead({ key: prefix, rangeEnd: prefixEnd(prefix) })
    const ownSession = lease === 0n
    const id = await this.session(call, lease)
    const key = placeKey(prefix, id)
    try {
      const { revision, succeeded, responses } = await this.write(call, takePlace(key, value, id))
      const found = succeeded ? undefined : keyValueIn(responses[0])
      const createRevision = found?.createRevision ?? BigInt(revision)
      return { prefix, key, lease: id, createRevision, revision, foundValue: found?.value, ownSession }
    } catch (error) {
      if (ownSession) await this.#revoke(id)
      throw error
    }
  }

  /** The lease that was brought, or a new one. */
  async session(call: ServerCall, lease: bigint): Promise<bigint> {
    this.#access.requireLogin(call)
    if (lease !== 0n) return lease
    const { id } = await this.#engine.propose('leaseGrant', { ttl: sessionTtlSeconds, id: 0n })
    return id
  }

  /**
   * Resolves when everybody who came before has left. When the caller goes away first, its place is given up;
   * when the server stops, the place stays, and a caller that comes back with its lease finds it.
   */
  async turn(place: Place, signal: AbortSignal): Promise<void> {
    try {
      signal.throwIfAborted()
      for (;;) {
        const before = this.#read(lastBefore(place.prefix, place.createRevision))
        if (before === undefined) return
        await this.#deletions.deletionOf(Buffer.from(before.key).toString('latin1'), signal)
      }
    } catch (error) {
      if (signal.aborted) await this.leave(place)
      throw error
    }
  }

  /** Whether the place is still there: its lease may have ended while it was waited. */
  holds(place: Place): boolean {
    return this.#read(RangeRequest.create({ key: place.key }))?.createRevision === place.createRevision
  }

  async leave(place: Place): Promise<void> {
    if (place.ownSession) await this.#revoke(place.lease)
    else await this.#engine.propose('txn', leavePlace(place.key, place.createRevision)).catch(() => {})
  }

  /** The holder of the queue, if the caller may know it. */
  first(call: ServerCall, name: Uint8Array): KeyValue | undefined {
    const request = firstInQueue(queuePrefix(name))
    const caller = this.#access.restricted(call)
    if (caller) requireRange(caller, request)
    return this.#read(request)
  }

  write(call: ServerCall, txn: TxnRequest): Promise<TxnResult> {
    const caller = this.#access.restricted(call)
    if (caller) requireTxn(caller, txn)
    return this.#engine.propose('txn', txn)
  }

  /** Ends all waits: the server stops. */
  close(): void {
    this.#deletions.close(new EngineError('stopped'))
  }

  #read(request: RangeRequest): KeyValue | undefined {
    const [bytes] = this.#engine.range(request).kvs
    return bytes && KeyValue.decode(bytes)
  }

  async #revoke(id: bigint): Promise<void> {
    // A session that cannot be ended now ends by itself.
    await this.#engine.propose('leaseRevoke', { id }).catch(() => {})
  }
}

function keyValueIn(result: TxnOpResult | undefined): KeyValue | undefined {
  const bytes = result?.kind === 'range' ? result.result.kvs[0] : undefined
  return bytes && KeyValue.decode(bytes)
}
