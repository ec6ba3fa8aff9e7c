import {
  KV,
  Lease,
  type LeaseKeepAliveRequest,
  type LeaseKeepAliveResponse,
  PutResponse,
  type RangeRequest,
  RangeResponse,
  type ResponseHeader,
  Watch,
  type WatchRequest,
  WatchResponse,
} from '@waypost/protocol'
import { type RpcHandler, RpcServer, type ServerStream, stream, unary } from '@waypost/rpc'

export type WatchCall = ServerStream<WatchRequest, WatchResponse>
export type KeepAliveCall = ServerStream<LeaseKeepAliveRequest, LeaseKeepAliveResponse>

/** A store whose every answer the test decides. What it does not decide is answered with nothing and revision 10. */
export class ScriptedStore {
  clusterId = 1n
  revision = 10n
  raftTerm = 2n
  onRange: (request: RangeRequest) => Partial<RangeResponse> = () => ({})
  onWatch: (request: WatchRequest, call: WatchCall) => void = (request, call) => {
    if (request.createRequest) this.created(call, request.createRequest.watchId)
  }
  onKeepAlive: (request: LeaseKeepAliveRequest, call: KeepAliveCall) => void = () => {}
  readonly watchCalls: WatchCall[] = []
  readonly keepAliveCalls: KeepAliveCall[] = []
  readonly watchRequests: WatchRequest[] = []
  readonly keepAlives: bigint[] = []
  puts = 0
  url = ''
  port = 0
  readonly #server: RpcServer

  private constructor(more: readonly RpcHandler[]) {
    const own = new Set(more.map(({ path }) => path))
    const handlers = this.#handlers().filter(({ path }) => !own.has(path))
    this.#server = new RpcServer({ handlers: [...handlers, ...more] })
  }

  #handlers(): RpcHandler[] {
    return [
      unary(KV.range, (request) => RangeResponse.create({ header: this.header(), ...this.onRange(request) })),
      unary(KV.put, () => {
        this.puts += 1
        return PutResponse.create({ header: this.header() })
      }),
      unary(Lease.leaseGrant, ({ id, ttl }) => ({ header: this.header(), id, ttl, error: '' })),
      unary(Lease.leaseRevoke, () => ({ header: this.header() })),
      stream(Watch.watch, (call) => {
        this.watchCalls.push(call)
        call.onMessage((request) => {
          this.watchRequests.push(request)
          this.onWatch(request, call)
        })
      }),
      stream(Lease.leaseKeepAlive, (call) => {
        this.keepAliveCalls.push(call)
        call.onMessage((request) => {
          this.keepAlives.push(request.id)
          this.onKeepAlive(request, call)
        })
      }),
    ]
  }

  /** @param more handlers in place of the store's own, or beside them */
  static async start(more: readonly RpcHandler[] = []): Promise<ScriptedStore> {
    const store = new ScriptedStore(more)
    const { port } = await store.#server.listen({ host: '127.0.0.1', port: 0 })
    store.port = port
    store.url = `http://127.0.0.1:${port}`
    return store
  }

  get connections(): number {
    return this.#server.connections
  }

  header(revision = this.revision): ResponseHeader {
    return { clusterId: this.clusterId, memberId: 1n, revision, raftTerm: this.raftTerm }
  }

  created(call: WatchCall, watchId: bigint): void {
    call.send(WatchResponse.create({ header: this.header(), watchId, created: true }))
  }

  /** Sends puts, one for each revision. */
  events(call: WatchCall, watchId: bigint, revisions: readonly bigint[], more: Partial<WatchResponse> = {}): void {
    const events = revisions.map((revision) => ({
      type: 0,
      kv: {
        key: Buffer.from(`/k${revision}`),
        value: Buffer.from(`v${revision}`),
        createRevision: revision,
        modRevision: revision,
        version: 1n,
        lease: 0n,
      },
      prevKv: undefined,
    }))
    call.send(WatchResponse.create({ header: this.header(revisions.at(-1)), watchId, events, ...more }))
  }

  async close(): Promise<void> {
    await this.#server.close({ graceMs: 0 })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
