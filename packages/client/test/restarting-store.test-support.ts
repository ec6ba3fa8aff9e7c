import {
  Auth,
  type Event,
  KV,
  Lease,
  PutResponse,
  RangeResponse,
  type ResponseHeader,
  Watch,
  type WatchCreateRequest,
  WatchResponse,
} from '@waypost/protocol'
import {
  type Metadata,
  RpcError,
  type RpcHandler,
  RpcServer,
  type ServerStream,
  StatusCode,
  stream,
  unary,
} from '@waypost/rpc'

interface OpenWatch {
  readonly call: ServerStream<unknown, WatchResponse>
  readonly watchId: bigint
  nextRevision: bigint
}

/** What happens at a moment: nothing, a restart, which voids every token, or a change of permissions, which ages them. */
export type Incident = 'restart' | 'permissions'

/**
 * A durable store with authentication, in the small. It counts the moments at which a request has arrived or is about
 * to be answered, and at those that the plan names it restarts or changes its permissions.
 */
export class RestartingStore {
  readonly #plan: ReadonlyMap<number, Incident>
  readonly #keys: string[] = []
  readonly #watches = new Set<OpenWatch>()
  #server: RpcServer | undefined
  #moments = 0
  #epoch = 1
  #authRevision = 1
  #restarting: Promise<void> | undefined
  port = 0
  logins = 0

  private constructor(plan: ReadonlyMap<number, Incident>) {
    this.#plan = plan
  }

  static async start(plan: ReadonlyMap<number, Incident>): Promise<RestartingStore> {
    const store = new RestartingStore(plan)
    await store.#listen()
    return store
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** The newest revision; each put is one, from 2 on. */
  get revision(): bigint {
    return BigInt(this.#keys.length) + 1n
  }

  async close(): Promise<void> {
    await this.#restarting
    await this.#server?.close({ graceMs: 0 })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #listen(): Promise<void> {
    this.#server = new RpcServer({ handlers: this.#handlers() })
    this.port = (await this.#server.listen({ host: '127.0.0.1', port: this.port })).port
  }

  async #restart(): Promise<void> {
    const server = this.#server
    this.#epoch += 1
    this.#watches.clear()
    await server?.close({ graceMs: 0 })
    await this.#listen()
  }

  /** Throws when the store goes down at this moment. */
  #moment(): void {
    this.#moments += 1
    const incident = this.#plan.get(this.#moments)
    if (incident === 'permissions') this.#authRevision += 1
    if (incident === 'restart' && this.#restarting === undefined) {
      this.#restarting = this.#restart().finally(() => {
        this.#restarting = undefined
      })
    }
    if (this.#restarting !== undefined) throw new RpcError(StatusCode.UNAVAILABLE, 'etcdserver: server stopped')
  }

  #refusal({ token }: Metadata): RpcError | undefined {
    const [epoch, authRevision] = String(token ?? '').split('.')
    if (token === undefined) return new RpcError(StatusCode.INVALID_ARGUMENT, 'etcdserver: user name is empty')
    if (Number(epoch) !== this.#epoch) {
      return new RpcError(StatusCode.UNAUTHENTICATED, 'etcdserver: invalid auth token')
    }
    if (Number(authRevision) === this.#authRevision) return undefined
    return new RpcError(StatusCode.INVALID_ARGUMENT, 'etcdserver: revision of auth store is old')
  }

  /** Between two moments: the request has arrived, and it is about to be answered. */
  #serve<Res>(metadata: Metadata, answer: () => Res): Res {
    this.#moment()
    const refusal = this.#refusal(metadata)
    if (refusal !== undefined) throw refusal
    const result = answer()
    this.#moment()
    return result
  }

  #handlers(): RpcHandler[] {
    return [
      unary(Auth.authenticate, () => {
        this.#moment()
        this.logins += 1
        const token = `${this.#epoch}.${this.#authRevision}.${this.logins}`
        this.#moment()
        return { header: undefined, token }
      }),
      unary(KV.range, (_request, { metadata }) =>
        this.#serve(metadata, () => RangeResponse.create({ header: this.#header() })),
      ),
      unary(KV.put, ({ key }, { metadata }) =>
        this.#serve(metadata, () => {
          this.#keys.push(Buffer.from(key).toString())
          for (const watch of this.#watches) this.#feed(watch)
          return PutResponse.create({ header: this.#header() })
        }),
      ),
      unary(Lease.leaseGrant, ({ id, ttl }, { metadata }) =>
        this.#serve(metadata, () => ({ header: this.#header(), id, ttl, error: '' })),
      ),
      unary(Lease.leaseRevoke, () => ({ header: this.#header() })),
      stream(Watch.watch, (call) => {
        call.onMessage(({ createRequest }) => {
          if (createRequest !== undefined) this.#attempt(call, () => this.#create(call, createRequest))
        })
      }),
      stream(Lease.leaseKeepAlive, (call) => {
        call.onMessage(({ id }) =>
          this.#attempt(call, () =>
            this.#serve(call.metadata, () => call.send({ header: this.#header(), id, ttl: 30n })),
          ),
        )
      }),
    ]
  }

  #attempt(call: { end(error: RpcError): void }, work: () => void): void {
    try {
      work()
    } catch (error) {
      call.end(RpcError.is(error) ? error : new RpcError(StatusCode.INTERNAL, String(error)))
    }
  }

  #create(call: OpenWatch['call'], { watchId, startRevision }: WatchCreateRequest): void {
    this.#moment()
    const refusal = this.#refusal(call.metadata)
    if (refusal !== undefined) {
      // As etcd words it.
      const cancelReason = `rpc error: code = ${refusal.codeName} desc = ${refusal.message}`
      call.send(WatchResponse.create({ header: this.#header(), watchId, created: true, canceled: true, cancelReason }))
      return
    }
    this.#moment()
    call.send(WatchResponse.create({ header: this.#header(), watchId, created: true }))
    const watch = { call, watchId, nextRevision: startRevision === 0n ? this.revision + 1n : startRevision }
    this.#watches.add(watch)
    this.#feed(watch)
  }

  #feed(watch: OpenWatch): void {
    const events: Event[] = []
    for (; watch.nextRevision <= this.revision; watch.nextRevision += 1n) {
      const modRevision = watch.nextRevision
      const key = Buffer.from(this.#keys[Number(modRevision) - 2] ?? '')
      const kv = { key, value: key, createRevision: modRevision, modRevision, version: 1n, lease: 0n }
      if (modRevision > 1n) events.push({ type: 0, kv, prevKv: undefined })
    }
    if (events.length > 0) {
      watch.call.send(WatchResponse.create({ header: this.#header(), watchId: watch.watchId, events }))
    }
  }

  #header(): ResponseHeader {
    return { clusterId: 1n, memberId: 1n, revision: this.revision, raftTerm: 2n }
  }
}
