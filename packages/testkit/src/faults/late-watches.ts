import { KV, Lease, Watch, type WatchRequest, type WatchResponse } from '@waypost/protocol'
import { type MessageCodec, type Method, RpcConnection, type RpcStream } from '@waypost/rpc/client'
import { type RpcHandler, RpcServer, type ServerStream, stream, unary } from '@waypost/rpc/server'

/**
 * Stands in front of a store and holds back what the watchers of one range hear, as a store may that sends each
 * watcher a message of its own. Everything else passes at once: keys, leases, other watchers. It knows no logins.
 */
export class LateWatches {
  readonly #store: RpcConnection
  readonly #server: RpcServer
  #late: (() => void)[] = []
  #heldKey: string | undefined
  #url = ''
  /** How many messages have passed since `hold`. */
  passed = 0
  /** How many transactions have passed. */
  transactions = 0

  private constructor(storeUrl: string) {
    this.#store = new RpcConnection(storeUrl)
    const unaries = [KV.range, KV.put, KV.deleteRange, KV.txn, Lease.leaseGrant, Lease.leaseRevoke]
    this.#server = new RpcServer({
      handlers: [
        ...unaries.map(({ path }) => this.#passing(path)),
        stream(Lease.leaseKeepAlive, (client) => {
          const upstream = this.#open(client, Lease.leaseKeepAlive, (response) => client.send(response))
          client.onMessage((request) => upstream.send(request))
        }),
        stream(Watch.watch, (client) => this.#watch(client)),
      ],
    })
  }

  static async start(storeUrl: string): Promise<LateWatches> {
    const late = new LateWatches(storeUrl)
    await late.#store.connect()
    const { host, port } = await late.#server.listen({ host: '127.0.0.1', port: 0 })
    late.#url = `http://${host}:${port}`
    return late
  }

  get url(): string {
    return this.#url
  }

  /** How many messages are held back. */
  get held(): number {
    return this.#late.length
  }

  /** From now on, the watchers of this key, or of the range that begins with it, hear nothing. */
  hold(key: string): void {
    this.#heldKey = key
    this.passed = 0
  }

  /** Delivers what was held back, and holds no more. */
  release(): void {
    this.#heldKey = undefined
    const late = this.#late
    this.#late = []
    for (const deliver of late) deliver()
  }

  async close(): Promise<void> {
    this.#late = []
    await this.#server.close({ graceMs: 0 })
    this.#store.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #passing(path: string): RpcHandler {
    const method = { path, kind: 'unary', request: bytesAsTheyAre, response: bytesAsTheyAre } as const
    return unary(method, (request, { signal }) => {
      if (path === KV.txn.path) this.transactions += 1
      return this.#store.unary(method, request, { signal })
    })
  }

  #watch(client: ServerStream<WatchRequest, WatchResponse>): void {
    /** By the watch's id, which Waypost's client chooses. */
    const keys = new Map<bigint, string>()
    const upstream = this.#open(client, Watch.watch, (response) => {
      const isHeld = !response.created && keys.get(response.watchId) === this.#heldKey
      if (isHeld) {
        this.#late.push(() => client.send(response))
        return
      }
      this.passed += 1
      client.send(response)
    })
    client.onMessage((request) => {
      const { createRequest } = request
      if (createRequest) keys.set(createRequest.watchId, Buffer.from(createRequest.key).toString())
      upstream.send(request)
    })
  }

  #open<Req, Res>(
    client: ServerStream<Req, Res>,
    method: Method<Req, Res>,
    onMessage: (response: Res) => void,
  ): RpcStream<Req> {
    const upstream = this.#store.stream(method, { onMessage, onEnd: (error) => client.end(error) })
    client.onHalfClose(() => upstream.closeSend())
    client.onClose(() => upstream.cancel())
    return upstream
  }
}

const bytesAsTheyAre: MessageCodec<Uint8Array> = {
  encode(message, headroomBytes = 0) {
    const framed = new Uint8Array(headroomBytes + message.length)
    framed.set(message, headroomBytes)
    return framed
  },
  decode: (bytes) => Uint8Array.from(bytes),
}
