import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Clock, deferred, invalidArgument, systemClock } from '@waypost/core'
import type { PlaneSettings } from './gateway-options.ts'
import type { Policy } from './policies/policy.ts'
import { Admission } from './proxy/admission.ts'
import { Deadlines } from './proxy/deadlines.ts'
import type { ExchangeObserver, GatewayCore } from './proxy/gateway-core.ts'
import type { RouteTable } from './routes/route.ts'
import { Front } from './server/front.ts'
import { defaultFrontLimits, type FrontLimits, type FrontTls } from './server/front-options.ts'
import { TrustedProxies } from './server/trusted-proxies.ts'
import { Connections } from './upstream/connections.ts'
import type { OpenView } from './upstream/target-view.ts'
import { Upstreams } from './upstream/upstreams.ts'

export interface DataPlaneOptions extends PlaneSettings {
  readonly openView: OpenView
  readonly observer: ExchangeObserver
  readonly tls?: FrontTls | undefined
  readonly middleware?: readonly Policy[] | undefined
  readonly warn?: ((message: string) => void) | undefined
  readonly clock?: Clock | undefined
  readonly random?: (() => number) | undefined
}

/** Before idle connections are closed, so that a request that is on its way is still answered. */
const defaultIdleGraceMs = 1_000

/** A client that has its last answer closes its side soon; one that does not is not waited for longer. */
const closingMs = 1_500

/** Takes requests, sends them to instances, and brings the answers back, by the table that it is given. */
export class DataPlane {
  readonly #core: MutableCore
  readonly #front: Front
  readonly #servers = new Set<Server>()
  #closing: Promise<void> | undefined
  #draining: Promise<void> | undefined

  constructor(options: DataPlaneOptions) {
    const { clock = systemClock, random = Math.random, warn = (): void => {} } = options
    const { drainMs = 60_000 } = options
    const connections = new Connections(
      {
        connectTimeoutMs: options.connectTimeoutMs ?? 3_000,
        keepAliveMs: options.upstreamKeepAliveMs ?? 4_000,
        drainMs,
        tls: options.upstreamTls ?? {},
      },
      clock,
    )
    this.#core = {
      table: undefined,
      routeNames: new Set(),
      drainMs,
      isDraining: false,
      connections,
      upstreams: new Upstreams(options.openView, connections, clock, warn),
      proxies: new TrustedProxies(options.trustedProxies ?? []),
      admission: new Admission(
        { maxInFlight: 10_000, maxQueued: 1_000, queueTimeoutMs: 1_000, ...options.admission },
        clock,
      ),
      deadlines: new Deadlines(clock),
      observer: options.observer,
      middleware: options.middleware ?? [],
      clock,
      random,
      keepBodyBytes: 64 * 1024,
      newRequestId: requestIds(),
    }
    this.#front = new Front(this.#core, {
      limits: withDefaults(options.limits),
      tls: options.tls,
      proxyProtocol: options.proxyProtocol ?? false,
    })
  }

  get core(): GatewayCore {
    return this.#core
  }

  /** How many requests are under way, those that wait among them. */
  get inFlight(): number {
    return this.#core.deadlines.size
  }

  get connections(): number {
    return this.#front.connections
  }

  /** The next request goes by this table; those under way end by the one with which they began. */
  setTable(table: RouteTable): void {
    this.#core.table = table
    this.#core.routeNames = new Set(table.routes.map(({ name }) => name))
    this.#core.upstreams.setTable(table)
  }

  /** Listens, and resolves with the port. */
  async listen(port: number, host: string): Promise<number> {
    if (this.#draining) throw invalidArgument('The gateway is closing: it cannot listen.')
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: false }, (socket) =>
      this.accept(socket),
    )
    const listening = deferred()
    server.once('error', listening.reject)
    server.listen({ port, host, backlog: 4_096 }, listening.resolve)
    await listening.promise
    server.off('error', listening.reject)
    this.#servers.add(server)
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : port
  }

  accept(socket: Socket): void {
    this.#front.accept(socket)
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    this.#front.request(request, response)
  }

  upgrade(request: IncomingMessage, socket: Duplex, first: Buffer): void {
    this.#front.upgrade(request, socket, first)
  }

  /**
   * Takes no new connections, and waits until all requests are answered, at most `timeoutMs`. Every answer meanwhile
   * ends its connection. True when nothing was left.
   */
  async drain(timeoutMs: number, idleGraceMs: number = defaultIdleGraceMs): Promise<void> {
    this.#draining ??= this.#drain(timeoutMs, idleGraceMs)
    await this.#draining
  }

  /** Ends everything at once. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #drain(timeoutMs: number, idleGraceMs: number): Promise<void> {
    const { clock, deadlines } = this.#core
    this.#core.isDraining = true
    for (const server of this.#servers) server.close()
    this.#front.goAway()
    const startedMs = clock.monotonicMs()
    /** When the last request was over. */
    let emptyMs: number | undefined
    for (;;) {
      const passedMs = clock.monotonicMs() - startedMs
      if (passedMs >= timeoutMs) return
      if (passedMs >= idleGraceMs) {
        this.#front.closeIdle()
        if (deadlines.size > 0) emptyMs = undefined
        else {
          emptyMs ??= passedMs
          if (passedMs - emptyMs >= closingMs) return
        }
      }
      if (this.#front.connections === 0 && deadlines.size === 0) return
      const { promise, resolve } = deferred()
      clock.after(20, resolve)
      await promise
    }
  }

  async #close(): Promise<void> {
    for (const server of this.#servers) server.close()
    this.#front.destroy()
    this.#core.deadlines.close()
    this.#core.admission.close()
    await this.#core.upstreams.close()
  }
}

type MutableCore = {
  -readonly [Name in keyof GatewayCore]: GatewayCore[Name]
}

function withDefaults(limits: FrontLimits = {}): typeof defaultFrontLimits {
  const {
    maxHeaderBytes = defaultFrontLimits.maxHeaderBytes,
    headersTimeoutMs = defaultFrontLimits.headersTimeoutMs,
    keepAliveMs = defaultFrontLimits.keepAliveMs,
    maxConnections = defaultFrontLimits.maxConnections,
    maxStreams = defaultFrontLimits.maxStreams,
  } = limits
  return { maxHeaderBytes, headersTimeoutMs, keepAliveMs, maxConnections, maxStreams }
}

/** Unique, and cheap: random once, then counted. */
function requestIds(): () => string {
  const prefix = randomBytes(9).toString('base64url')
  let count = 0
  return () => `${prefix}-${(++count).toString(36)}`
}
