import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ConfigCenter } from '@waypost/config/admin'
import type { Coordination } from '@waypost/coordination'
import { messageOf, WaypostError } from '@waypost/core'
import { checkOptions } from '@waypost/core/options'
import type { Registry, ServiceChanges, ServiceView } from '@waypost/registry'
import { readRoutes } from './document/read-routes.ts'
import type { RoutesDocument } from './document/routes-document.ts'
import {
  checkGatewayOptions,
  type GatewayDrainOptions,
  type GatewayListenOptions,
  type GatewayOptions,
  gatewayDrainOptionKinds,
  listenOptionKinds,
} from './gateway-options.ts'
import { type GatewayStatus, statusOf } from './gateway-status.ts'
import { type Exposition, expositionOf } from './metrics/exposition.ts'
import { metricFamilies } from './metrics/gateway-metrics.ts'
import { familiesText, type MetricFamily } from './metrics/metric-family.ts'
import { RoutedPlane } from './routed-plane.ts'
import type { DocumentIssue } from './routes/build/problems.ts'
import type { Target } from './routes/target.ts'
import { Certificates } from './server/certificates.ts'
import { isReadAlready, refuseReadAlready } from './server/read-already.ts'
import { RouteSource } from './source/route-source.ts'

/** What the gateway needs of a `Waypost`, which `connect()` makes. */
export interface GatewayStore {
  readonly registry: Registry
  readonly config: ConfigCenter
  readonly coordination?: Coordination | undefined
}

/**
 * A gateway in this process: for a server of its own (`listen`), or one that is there (`handler`, `upgrade`). It
 * follows the routes and the registry from here on.
 *
 * @example
 * ```ts
 * await config.releases.publish('gateway/routes.yaml', 'routes:\n  hello:\n    path: { prefix: / }\n    answer: { status: 200, body: hello }\n')
 * await using gateway = await createGateway({ waypost })
 * const port = await gateway.listen({ port: 0 })
 * const response = await fetch(`http://127.0.0.1:${port}/`)
 * console.log(await response.text()) // hello
 * ```
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  checkGatewayOptions(options)
  const { waypost, routes, snapshotDir, timeoutMs, signal, onNotice = defaultNotice } = options
  const given = typeof routes === 'object' ? await checked(routes) : undefined
  const source =
    typeof routes === 'object'
      ? undefined
      : await RouteSource.open({ config: waypost.config, path: routes, snapshotDir, timeoutMs, signal, onNotice })
  const gateway = new Gateway(options, source)
  try {
    await gateway.use(given ?? source?.document ?? {})
    await gateway.ready(timeoutMs ?? defaultReadyMs)
    return gateway
  } catch (error) {
    await gateway.close()
    throw error
  }
}

const defaultReadyMs = 5_000

async function checked(routes: RoutesDocument): Promise<RoutesDocument> {
  const { document, issues = [] } = await readRoutes(JSON.parse(JSON.stringify(routes)))
  if (document) return document
  throw invalidRoutes(issues)
}

/** The error for routes that are wrong, with what is wrong first. */
export function invalidRoutes([first]: readonly DocumentIssue[]): WaypostError {
  const where = first === undefined ? '' : ` at ${first.path.join('.') || 'the top'}: ${first.message}`
  return new WaypostError('invalid-document', `The routes are wrong${where}.`)
}

function defaultNotice(message: string): void {
  console.warn(`waypost gateway: ${message}`)
}

/** Follows the instances of a target by the registry. */
export function openTarget(
  registry: Pick<Registry, 'discover'>,
  zone: string | undefined,
  { service, where, balance }: Target,
  passOn?: (changes: ServiceChanges) => Promise<unknown>,
): Promise<ServiceView> {
  return registry.discover(service, {
    where,
    wait: false,
    passOn,
    balance: { algorithm: 'peak-ewma', zone, ...balance },
  })
}

export class Gateway implements AsyncDisposable {
  readonly #routed: RoutedPlane
  readonly #source: RouteSource | undefined
  readonly #certificates: Certificates | undefined
  #closing: Promise<void> | undefined

  /** @internal Made by `createGateway`. */
  constructor(options: GatewayOptions, source: RouteSource | undefined) {
    const { waypost, tls, zone, onNotice = defaultNotice } = options
    this.#source = source
    this.#certificates = tls && new Certificates(tls.certificates, tls.clientCa)
    this.#routed = new RoutedPlane({
      ...options,
      tls: this.#certificates,
      warn: onNotice,
      openView: (target) => openTarget(waypost.registry, zone, target),
      sharedRate: (name, rate) => {
        if (waypost.coordination === undefined)
          throw new WaypostError('unimplemented', 'There is no store to share a rate in.')
        return waypost.coordination.rateLimit(name, rate)
      },
    })
    source?.onChange((document) => {
      this.use(document).catch((error: unknown) => onNotice(`${messageOf(error)} The last good ones stay.`))
    })
  }

  /** How many requests are under way. */
  get inFlight(): number {
    return this.#routed.plane.inFlight
  }

  /**
   * Puts routes into force as soon as they are compiled; the old ones serve meanwhile. Fails with `invalid-document`,
   * with the old ones in force, when they are wrong.
   */
  async use(document: RoutesDocument): Promise<void> {
    const issues = await this.#routed.setDocument(document)
    if (issues.length > 0) throw invalidRoutes(issues)
  }

  /** Resolves when the first lists of the instances are there, or the time is over: the gateway works anyway. */
  async ready(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs)
    })
    await Promise.race([this.#routed.plane.core.upstreams.ready(), late])
    clearTimeout(timer)
  }

  /** Listens on a port of its own and resolves with it. Default: port 8080 on loopback. */
  async listen(options: GatewayListenOptions = {}): Promise<number> {
    checkOptions('gateway.listen', options, listenOptionKinds)
    const { port = 8080, host = '127.0.0.1' } = options
    return this.#routed.plane.listen(port, host)
  }

  /** Answers a request of somebody else's `node:http` server, whose body nobody may have read before. */
  readonly handler = (request: IncomingMessage, response: ServerResponse): void => {
    const { plane } = this.#routed
    if (isReadAlready(request)) refuseReadAlready(response, plane.core.newRequestId())
    else plane.request(request, response)
  }

  /** Takes the `upgrade` event of somebody else's `node:http` server. */
  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void =>
    this.#routed.plane.upgrade(request, socket, head)

  /** New certificates for the connections that come from now on. Throws `invalid-argument` and keeps the old ones. */
  replaceCertificates(certificates: ConstructorParameters<typeof Certificates>[0]): void {
    this.#certificates?.replace(certificates)
  }

  /** What was counted, in Prometheus' text format. */
  metrics(): string {
    return familiesText(this.#families())
  }

  /**
   * What was counted, as a reader of `/metrics` asks for it in `Accept`: with native histograms for Prometheus with
   * `--enable-feature=native-histograms`, else in text.
   *
   * @example
   * ```ts static
   * import { createServer } from 'node:http'
   * import { createGateway } from '@waypost/gateway'
   * import { connect } from 'waypost'
   *
   * const gateway = await createGateway({ waypost: await connect() })
   * createServer((request, response) => {
   *   const { contentType, body } = gateway.exposition(request.headers.accept)
   *   response.setHeader('content-type', contentType).end(body)
   * }).listen(9100)
   * ```
   */
  exposition(accept?: string): Exposition {
    return expositionOf(this.#families(), accept)
  }

  /** Routes, instances and figures, for people. */
  status(): GatewayStatus {
    const { table, plane } = this.#routed
    return statusOf(table, plane.core.upstreams.all, this.#routed.counts(), this.#source?.state)
  }

  /** Takes no new connections, and waits until what is under way has ended, at most `timeoutMs` (default 30,000). */
  async drain(options: GatewayDrainOptions = {}): Promise<void> {
    checkOptions('gateway.drain', options, gatewayDrainOptionKinds)
    return this.#routed.plane.drain(options.timeoutMs ?? 30_000)
  }

  /** Ends everything at once. Idempotent. The store stays open. */
  close(): Promise<void> {
    this.#closing ??= Promise.all([this.#source?.close(), this.#routed.close()]).then(() => {})
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #families(): MetricFamily[] {
    return metricFamilies(this.#routed.counts(), this.#source?.state)
  }
}
