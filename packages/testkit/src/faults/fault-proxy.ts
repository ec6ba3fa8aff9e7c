import { connect, createServer, type Server, type Socket } from 'node:net'

interface Pair {
  readonly client: Socket
  readonly upstream: Socket
}

/** A TCP proxy in front of a store, through which tests break the network. */
export class FaultProxy {
  readonly #server: Server
  readonly #targetHost: string
  readonly #pairs = new Set<Pair>()
  /** The port that new connections lead to. */
  target: number
  #stalled = false
  #swallowing = false
  #refusing = false
  /** Connections accepted so far. */
  accepted = 0

  private constructor(server: Server, targetPort: number, targetHost: string) {
    this.#server = server
    this.#targetHost = targetHost
    this.target = targetPort
  }

  /** Listens on a free port of 127.0.0.1. */
  static async start(targetPort: number, targetHost = '127.0.0.1'): Promise<FaultProxy> {
    const server = createServer()
    const proxy = new FaultProxy(server, targetPort, targetHost)
    server.on('connection', (client) => proxy.#accept(client))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('The proxy does not listen.')
    return address.port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get connections(): number {
    return this.#pairs.size
  }

  /** Breaks every connection with a reset. */
  cut(): void {
    for (const { client, upstream } of this.#pairs) {
      client.resetAndDestroy()
      upstream.destroy()
    }
  }

  /** Keeps connections open and passes nothing on, as a stopped process or a black-holed network does. */
  set stalled(stalled: boolean) {
    this.#stalled = stalled
    for (const { client, upstream } of this.#pairs) {
      for (const socket of [client, upstream]) {
        if (stalled) socket.pause()
        else socket.resume()
      }
    }
  }

  /** Goes on stalling the connections that are there, and serves new ones. */
  healNew(): void {
    this.#stalled = false
  }

  /** Passes requests on and drops what comes back. */
  set swallowing(swallowing: boolean) {
    this.#swallowing = swallowing
  }

  /** Hangs up on new connections. */
  set refusing(refusing: boolean) {
    this.#refusing = refusing
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #accept(client: Socket): void {
    this.accepted += 1
    if (this.#refusing) {
      client.destroy()
      return
    }
    const upstream = connect(this.target, this.#targetHost)
    const pair = { client, upstream }
    this.#pairs.add(pair)
    const end = (): void => {
      this.#pairs.delete(pair)
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true)
      socket.on('error', end)
      socket.on('close', end)
      if (this.#stalled) socket.pause()
    }
    client.on('data', (chunk) => upstream.write(chunk))
    upstream.on('data', (chunk) => {
      if (!this.#swallowing) client.write(chunk)
    })
  }
}
