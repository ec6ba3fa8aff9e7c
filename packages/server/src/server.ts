import { WaypostError } from '@waypost/core'
import { checkOptions, notNegative, type OptionKinds } from '@waypost/core/options'
import { InputBudget, RequestGuard, RpcServer } from '@waypost/rpc/server'
import { etcdVersion } from './etcd-version.ts'
import { LazyGateway } from './http/gateway/lazy-gateway.ts'
import { gatewayLimits } from './http/gateway/limits.ts'
import { httpHandler } from './http/http-handler.ts'
import { listenError } from './listen-error.ts'
import { ServerLog } from './log/server-log.ts'
import { type EmbeddedServerOptions, embeddedServerOptionKinds } from './server-options.ts'
import { ServerParts } from './server-parts.ts'
import { loadTlsFiles, type TlsFiles } from './tls/tls-files.ts'

const defaultHost = '127.0.0.1'
const defaultPort = 2379
const defaultName = 'default'

/** etcd's own default. */
const defaultPeerUrls = ['http://localhost:2380']

const eventOf = {
  'protocol-error': 'protocol-error',
  silent: 'client-lost',
  'too-much': 'client-cut-off',
  tls: 'tls-refused',
} as const

interface CloseOptions {
  readonly graceMs?: number | undefined
}

const closeOptionKinds: OptionKinds<CloseOptions> = { graceMs: notNegative }

interface StartedParts {
  readonly parts: ServerParts
  readonly rpc: RpcServer
  readonly gateway: LazyGateway
  readonly log: ServerLog
  readonly tlsFiles: TlsFiles | undefined
  readonly host: string
  readonly port: number
  readonly url: string
}

/** A whole etcd-compatible store in this process, behind a port. */
export class EmbeddedServer {
  readonly #parts: ServerParts
  readonly #rpc: RpcServer
  readonly #gateway: LazyGateway
  readonly #log: ServerLog
  readonly #tlsFiles: TlsFiles | undefined
  readonly host: string
  readonly port: number
  /** What clients dial. */
  readonly url: string
  #closing: Promise<void> | undefined

  private constructor({ parts, rpc, gateway, log, tlsFiles, host, port, url }: StartedParts) {
    this.#parts = parts
    this.#rpc = rpc
    this.#gateway = gateway
    this.#log = log
    this.#tlsFiles = tlsFiles
    this.host = host
    this.port = port
    this.url = url
  }

  /**
   * Resolves once the server answers. Rejects with `port-in-use`, `data-dir-in-use`, `data-dir-unusable`,
   * `data-dir-newer`, `data-dir-foreign` or `invalid-argument`, having left nothing behind.
   *
   * @example
   * ```ts
   * await using server = await EmbeddedServer.start({ memory: true, port: 0 })
   * await using etcd = new EtcdClient({ endpoints: server.url })
   * await etcd.kv.put('/greeting', 'hello')
   * console.log((await etcd.kv.get('/greeting'))?.text()) // hello
   * ```
   */
  static async start(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
    checkOptions('EmbeddedServer.start', options, embeddedServerOptionKinds)
    const { host = defaultHost, port = defaultPort } = options
    const tls = options.tls && (await loadTlsFiles(options.tls))
    const log = new ServerLog(options.logger, options.clock)
    const parts = await ServerParts.open(options, log)
    let urls: readonly string[] = []
    const onInternalError = (error: unknown, path: string): void => {
      options.onWarning?.(`A bug made ${path} fail.`, error)
      log.write('internal-error', { method: path, error: error instanceof Error ? error.stack : String(error) })
    }
    const handlers = parts.handlers(() => ({
      id: parts.engine.memberId,
      name: options.name ?? defaultName,
      peerUrls: options.peerUrls ?? defaultPeerUrls,
      clientUrls: options.advertiseUrls ?? urls,
    }))
    const input = new InputBudget()
    const gateway = new LazyGateway(async () => {
      const { Gateway } = await import('./http/gateway/gateway.ts')
      return new Gateway({
        handlers,
        limits: gatewayLimits(parts.limits.maxReceiveBytes),
        input,
        onInternalError,
        clock: options.clock,
      })
    })
    let isLoopback = false
    const guard = new RequestGuard({
      isPrivate: () => isLoopback && !parts.engine.auth.enabled,
      allowedHosts: [...(options.allowedHosts ?? []), ...hostsOf(options.advertiseUrls ?? [])],
      allowedOrigins: options.allowedOrigins,
    })
    const rpc = new RpcServer({
      handlers,
      http1: httpHandler({
        guard,
        unhealthy: () => parts.unhealthyReason,
        onRefused: (request, reason) =>
          log.write('request-refused', { peer: request.socket.remoteAddress ?? '', reason }),
        metrics: () => parts.metrics(),
        gateway:
          options.jsonGateway === false
            ? undefined
            : (path, request, response) => gateway.handle(path, request, response),
      }),
      inputBudget: input,
      maxReceiveBytes: parts.limits.maxReceiveBytes,
      maxConcurrentStreams: options.maxConcurrentStreams,
      pingIntervalMs: options.pingIntervalMs,
      pingTimeoutMs: options.pingTimeoutMs,
      tls,
      clock: options.clock,
      onInternalError,
      onConnectionEnd: ({ kind, peer, reason }) => log.write(eventOf[kind], { peer, reason }),
    })
    try {
      const bound = await rpc.listen({ host, port })
      const url = `${tls ? 'https' : 'http'}://${dialable(bound.host)}:${bound.port}`
      urls = [url]
      isLoopback = /^(?:127\.|::1$|::ffff:127\.)/.test(bound.host)
      parts.watchCertificate(tls?.cert)
      log.write('store-recovered', parts.recovery)
      log.write('server-started', {
        url,
        dataDir: options.dataDir ?? 'in memory',
        tls: tls !== undefined,
        login: parts.engine.auth.enabled,
        version: etcdVersion.server,
      })
      return new EmbeddedServer({ parts, rpc, gateway, log, tlsFiles: options.tls, host, port: bound.port, url })
    } catch (error) {
      await rpc.close({ graceMs: 0 }).catch(() => {})
      await parts.close()
      throw WaypostError.is(error) ? error : listenError(error, host, port)
    }
  }

  /** Whether clients need to log in at present. */
  get authEnabled(): boolean {
    return this.#parts.engine.auth.enabled
  }

  /**
   * A login with all rights for what runs in this very process, such as a hub beside the store. It holds until the
   * server stops, whatever becomes of the passwords of users. Never write it anywhere.
   */
  get processLogin(): { readonly username: string; readonly password: string } {
    return this.#parts.processLogin.credentials
  }

  /**
   * Reads the certificates again: connections made from now on get the new ones. Rejects with `invalid-argument`, and
   * keeps the old ones, when the new ones cannot be used. Does nothing without TLS.
   */
  async reloadCertificates(): Promise<void> {
    if (!this.#tlsFiles) return
    const tls = await loadTlsFiles(this.#tlsFiles)
    this.#rpc.replaceCertificates(tls)
    this.#parts.watchCertificate(tls.cert)
    this.#log.write('certificates-reloaded')
  }

  /**
   * Takes no new calls, ends streams, waits up to `graceMs` (default 1,000) for running calls, then cuts what is left
   * and closes the store. Idempotent.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    checkOptions('server.close', options, closeOptionKinds)
    this.#closing ??= this.#close(options.graceMs)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(graceMs: number | undefined): Promise<void> {
    this.#parts.stopWaits()
    await this.#gateway.close()
    await this.#rpc.close({ graceMs })
    await this.#parts.close()
    this.#log.write('server-stopped')
  }
}

function hostsOf(urls: readonly string[]): string[] {
  return urls.flatMap((url) => (URL.canParse(url) ? [new URL(url).hostname] : []))
}

/** An address that a client on this machine, or with luck on another, can dial. */
function dialable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
