import { randomUUID } from 'node:crypto'
import type { EtcdLogger } from '@waypost/client'
import { messageOf, WaypostError } from '@waypost/core'
import { checkOptions } from '@waypost/core/options'
import { RpcServer } from '@waypost/rpc/server'
import type { FastifyInstance } from 'fastify'
import pino, { type Logger } from 'pino'
import { Registry as MetricsRegistry } from 'prom-client'
import { AccessTokens } from './caller/access-tokens.ts'
import { Callers } from './caller/callers.ts'
import { LoginPool } from './caller/login-pool.ts'
import { LoginThrottle } from './caller/login-throttle.ts'
import { PooledLogin } from './caller/pooled-login.ts'
import { Sessions } from './caller/sessions.ts'
import { addConsole } from './http/console.ts'
import { addDocumentation } from './http/documentation.ts'
import { hubServer, requestHandler } from './http/hub-server.ts'
import { problemContentType, problemOf, problemText } from './http/problem.ts'
import { readTls } from './http/tls.ts'
import { type HubOptions, hubOptionKinds } from './hub-options.ts'
import type { HubServices } from './hub-services.ts'
import { type HubSettings, hubSettings } from './hub-settings.ts'
import { operationList } from './operations/operation-list.ts'
import type { RunningPart } from './parts/hub-part.ts'
import { partList } from './parts/part-list.ts'
import { TimelineService } from './timeline/timeline-service.ts'

/** A hub that listens. */
export class Hub implements AsyncDisposable {
  /** Where it is, such as `http://127.0.0.1:8379`. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly #parts: HubParts
  #closing: Promise<void> | undefined

  /** @internal Made by `startHub`. */
  constructor(parts: HubParts, listening: { readonly host: string; readonly port: number }) {
    this.#parts = parts
    this.host = listening.host
    this.port = listening.port
    const name = listening.host.includes(':') ? `[${listening.host}]` : listening.host
    this.url = `${parts.hub.isSecure ? 'https' : 'http'}://${name}:${listening.port}`
  }

  /** Where the DNS is served; `undefined` when it is off. */
  get dns(): { readonly host: string; readonly port: number } | undefined {
    return this.#parts.running.find(({ dns }) => dns !== undefined)?.dns
  }

  /** Reads the certificate files again, for connections made from now on. Fails, and changes nothing, when they do not fit. */
  async reloadCertificates(): Promise<void> {
    const { tls } = this.#parts.hub.settings
    if (tls === undefined) throw new WaypostError('failed-precondition', 'The hub was started without TLS.')
    this.#parts.server.replaceCertificates(await readTls(tls))
  }

  /**
   * Takes no new connections, ends streams, lets clients leave for `drainMs`, waits up to `closeTimeoutMs` for requests
   * that run, and closes the clients of the store. Idempotent.
   */
  close(): Promise<void> {
    this.#closing ??= closeParts(this.#parts)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** @internal */
export interface HubParts {
  readonly hub: HubServices
  readonly server: RpcServer
  readonly app: FastifyInstance
  readonly pool: LoginPool
  readonly own: PooledLogin
  readonly running: RunningPart[]
  readonly stopping: AbortController
}

/**
 * Starts a hub: the HTTP API, live views and documentation of a store, for every language. Resolves when it listens.
 *
 * Fails with `invalid-argument`; with `port-in-use`; and with `failed-precondition` when others than this machine could
 * reach it, but the store asks nobody to log in.
 *
 * @example
 * ```ts static
 * const hub = await startHub({ endpoints: 'http://127.0.0.1:2379', port: 8379 })
 * console.log(hub.url) // http://127.0.0.1:8379
 * await hub.close()
 * ```
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  checkOptions('startHub', options, hubOptionKinds)
  const parts = await makeParts(hubSettings(options), options.logger)
  try {
    const { hub, server, running } = parts
    await refuseOpenStore(hub.settings, parts.own)
    const listening = await listen(server, hub.settings)
    for (const { start } of partList) {
      const part = await start?.(hub)
      if (part !== undefined) running.push(part)
    }
    return new Hub(parts, listening)
  } catch (error) {
    await closeParts(parts)
    throw error
  }
}

async function makeParts(settings: HubSettings, logger: Logger | false | undefined): Promise<HubParts> {
  const { clock, storeOptions, sessionSecret, isLoopback, insecure, checks } = settings
  const sessions = new Sessions(sessionSecret, clock)
  const throttle = new LoginThrottle(clock)
  const pool = new LoginPool({ clientOptions: storeOptions, throttle, clock, checks })
  const log = loggerOf(logger)
  const own = new PooledLogin({ ...storeOptions, logger: storeLogger(log) }, settings.auth, clock, checks)
  const hasOwnLogin = settings.auth !== undefined
  const tokens = new AccessTokens({ etcd: own.etcd, clock, secret: sessionSecret, hasOwnLogin })
  const stopping = new AbortController()
  const hub: HubServices = {
    settings,
    stopping: stopping.signal,
    clock,
    logger: log,
    metrics: new MetricsRegistry(),
    sessions,
    tokens,
    callers: new Callers({ pool, sessions, tokens, allowsAnonymous: isLoopback || insecure }),
    startedAt: new Date(clock.epochMs()),
    isSecure: settings.tls !== undefined,
    own,
    timeline: new TimelineService({ settings: settings.timeline, own, clock, logger: log }),
  }
  const app = hubServer({ hub, operations: operationList })
  addDocumentation(app, operationList)
  for (const { addRoutes } of partList) addRoutes?.(app, hub)
  addConsole(app, settings.consoleDir)
  await app.ready()
  const server = new RpcServer({
    handlers: partList.flatMap(({ rpcHandlers }) => rpcHandlers?.(hub) ?? []),
    http1: requestHandler(app),
    http1Refusal: unreadable,
    tls: settings.tls && (await readTls(settings.tls)),
    onInternalError: (error, path) => hub.logger.error({ err: error, path }, 'A gRPC call has failed.'),
  })
  return { hub, server, app, pool, own, running: [], stopping }
}

/** Why a request cannot be read at all. */
const unreadableWhy = {
  400: { code: 'invalid-argument', message: 'This is not a request of HTTP/1.1.' },
  408: { code: 'deadline-exceeded', message: 'The headers did not arrive in time.' },
  431: { code: 'too-large', message: 'The address and the headers together are larger than 64 KiB.' },
} as const

function unreadable(status: 400 | 408 | 431): { contentType: string; body: string } {
  const { code, message } = unreadableWhy[status]
  const error = new WaypostError(code, message, { details: { httpStatus: status } })
  return { contentType: problemContentType, body: problemText(problemOf(error, randomUUID())) }
}

/** When the store is lost and when it is back. */
function storeLogger(logger: Logger): EtcdLogger {
  return { debug: (message) => logger.debug(message), warn: (message) => logger.warn(message) }
}

function loggerOf(given: Logger | false | undefined): Logger {
  if (given === false) return pino({ level: 'silent' })
  return given ?? pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true }))
}

/** A store that nobody has to log in to is served to this machine only. */
async function refuseOpenStore({ host, isLoopback, insecure }: HubSettings, own: PooledLogin): Promise<void> {
  if (isLoopback || insecure) return
  await own.verify(AbortSignal.timeout(10_000))
  if (own.storeNeedsLogin) return
  throw new WaypostError(
    'failed-precondition',
    `On ${host} anybody who reaches this machine could read and write everything, because authentication is off in the store. ` +
      'Enable authentication in the store, let the hub listen on loopback, or allow it with the option insecure.',
    { details: { reason: 'login-not-required' } },
  )
}

async function listen(server: RpcServer, { host, port }: HubSettings): Promise<{ host: string; port: number }> {
  try {
    return await server.listen({ host, port })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    throw new WaypostError('port-in-use', `Port ${port} of ${host} is in use, so the hub cannot listen there.`, {
      cause: error,
    })
  }
}

async function closeParts({ hub, server, app, pool, own, running, stopping }: HubParts): Promise<void> {
  // First of all no new connection: whoever makes one is served by another hub.
  const closed = server.close({ graceMs: hub.settings.closeTimeoutMs, drainMs: hub.settings.drainMs })
  stopping.abort()
  await Promise.all(
    running.map((part) =>
      part.close().catch((error: unknown) => hub.logger.error(`A part did not close: ${messageOf(error)}`)),
    ),
  )
  await closed
  await app.close()
  await Promise.all([pool.close(), own.close()])
}
