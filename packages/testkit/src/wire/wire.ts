import {
  CompactionRequest,
  type CompactionResponse,
  type DeleteRangeResponse,
  KV,
  Lease,
  LeaseGrantRequest,
  type LeaseGrantResponse,
  LeaseKeepAliveRequest,
  type LeaseKeepAliveResponse,
  LeaseLeasesRequest,
  type LeaseLeasesResponse,
  LeaseRevokeRequest,
  type LeaseRevokeResponse,
  LeaseTimeToLiveRequest,
  type LeaseTimeToLiveResponse,
  type PutResponse,
  type RangeResponse,
  type TxnResponse,
} from '@waypost/protocol'
import { type Metadata, type Method, RpcConnection } from '@waypost/rpc'
import { InboxStream } from './inbox-stream.ts'
import {
  type DeleteOptions,
  deleteRequest,
  type PutOptions,
  putRequest,
  type RangeOptions,
  rangeRequest,
  type Text,
  type TxnParts,
  txnRequest,
} from './requests.ts'
import { WatchStream } from './watch-stream.ts'

const timeoutMs = 15_000

/** The etcd v3 API of one endpoint as it is on the wire: no retries, no failover, no comfort. */
export class Wire {
  readonly connection: RpcConnection
  readonly #metadata: Metadata
  readonly #streams = new Set<{ close(): Promise<void> }>()

  /** @param target an endpoint, or the connection of another Wire to share */
  constructor(target: string | RpcConnection, metadata: Metadata = {}) {
    this.connection = typeof target === 'string' ? new RpcConnection(target) : target
    this.#metadata = metadata
  }

  /** The same connection with a token of the Auth service. */
  withToken(token: string): Wire {
    return new Wire(this.connection, { ...this.#metadata, token })
  }

  call<Req, Res>(method: Method<Req, Res>, request: Req): Promise<Res> {
    return this.connection.unary(method, request, { timeoutMs, metadata: this.#metadata })
  }

  range(key: Text, options?: RangeOptions): Promise<RangeResponse> {
    return this.call(KV.range, rangeRequest(key, options))
  }

  put(key: Text, value?: Text, options?: PutOptions): Promise<PutResponse> {
    return this.call(KV.put, putRequest(key, value, options))
  }

  delete(key: Text, options?: DeleteOptions): Promise<DeleteRangeResponse> {
    return this.call(KV.deleteRange, deleteRequest(key, options))
  }

  txn(parts: TxnParts): Promise<TxnResponse> {
    return this.call(KV.txn, txnRequest(parts))
  }

  compact(revision: bigint, options: { readonly physical?: boolean } = {}): Promise<CompactionResponse> {
    return this.call(KV.compact, CompactionRequest.create({ revision, physical: options.physical ?? false }))
  }

  grant(ttl: bigint, id = 0n): Promise<LeaseGrantResponse> {
    return this.call(Lease.leaseGrant, LeaseGrantRequest.create({ ttl, id }))
  }

  revoke(id: bigint): Promise<LeaseRevokeResponse> {
    return this.call(Lease.leaseRevoke, LeaseRevokeRequest.create({ id }))
  }

  timeToLive(id: bigint, options: { readonly keys?: boolean } = {}): Promise<LeaseTimeToLiveResponse> {
    return this.call(Lease.leaseTimeToLive, LeaseTimeToLiveRequest.create({ id, keys: options.keys ?? false }))
  }

  leases(): Promise<LeaseLeasesResponse> {
    return this.call(Lease.leaseLeases, LeaseLeasesRequest.create({}))
  }

  keepAlives(): InboxStream<LeaseKeepAliveRequest, LeaseKeepAliveResponse> {
    return this.#keep(new InboxStream(this.connection, Lease.leaseKeepAlive, this.#metadata))
  }

  /** Renews a lease once, over a stream of its own. */
  async keepAlive(id: bigint): Promise<LeaseKeepAliveResponse> {
    const stream = this.keepAlives()
    try {
      stream.send(LeaseKeepAliveRequest.create({ id }))
      return await stream.next()
    } finally {
      await stream.close()
    }
  }

  watch(): WatchStream {
    return this.#keep(new WatchStream(this.connection, this.#metadata))
  }

  /** Ends the streams that this Wire opened, but not the connection. */
  async closeStreams(): Promise<void> {
    const open = [...this.#streams]
    this.#streams.clear()
    await Promise.all(open.map((stream) => stream.close()))
  }

  async close(): Promise<void> {
    await this.closeStreams()
    await this.connection.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #keep<S extends { close(): Promise<void> }>(stream: S): S {
    this.#streams.add(stream)
    return stream
  }
}
