import cluster, { type Worker as ClusterWorker } from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { type Deferred, deferred, invalidArgument, WaypostError } from '@waypost/core'
import {
  anything,
  boolean,
  checkOptions,
  functionKind,
  notNegative,
  type OptionKinds,
  required,
  text,
  wholeNumber,
} from '@waypost/core/options'
import { type GatewayStore, openTarget } from '../gateway.ts'
import {
  type GatewayDrainOptions,
  type GatewayOptions,
  gatewayDrainOptionKinds,
  gatewayOptionKinds,
} from '../gateway-options.ts'
import { type GatewayStatus, statusOf } from '../gateway-status.ts'
import { type Exposition, expositionOf } from '../metrics/exposition.ts'
import { type GatewayCounts, mergeCounts, metricFamilies } from '../metrics/gateway-metrics.ts'
import { RoutedPlane } from '../routed-plane.ts'
import { type CertificatePair, Certificates } from '../server/certificates.ts'
import { RouteSource } from '../source/route-source.ts'
import { DocumentSender } from './document-parts.ts'
import type { ToPrimary, ToWorker, WorkerSettings } from './messages.ts'
import { SharedViews, type ViewReader } from './shared-views.ts'

export interface GatewayWorkersOptions
  extends Omit<GatewayOptions, 'waypost' | 'routes' | 'middleware' | 'tracer' | 'accessLog' | 'signal'> {
  readonly waypost: GatewayStore
  /** The path of the routes' document. Default `gateway/routes.yaml`. */
  readonly routes?: string | undefined
  /** How many processes. */
  readonly workers: number
  readonly port: number
  readonly host: string
  /** The share of requests in the access log on standard output; `undefined` for no log. */
  readonly accessLogSample?: number | undefined
  /** How long a worker that is replaced may take for what is under way. Default 60,000. */
  readonly drainTimeoutMs?: number | undefined
  /** Whether workers make a span of every request, by the OpenTelemetry that is set up in them. Default false. */
  readonly traces?: boolean | undefined
  readonly onNotice: (message: string) => void
}

const { middleware: _, tracer: __, accessLog: ___, signal: ____, ...sharedKinds } = gatewayOptionKinds

const gatewayWorkersOptionKinds: OptionKinds<GatewayWorkersOptions> = {
  ...sharedKinds,
  waypost: required(anything<GatewayStore>()),
  routes: text,
  workers: required(wholeNumber(1)),
  port: required(wholeNumber(0, 65_535)),
  host: required(text),
  accessLogSample: notNegative,
  drainTimeoutMs: notNegative,
  traces: boolean,
  onNotice: required(functionKind<(message: string) => void>()),
}

class Member implements ViewReader {
  readonly worker: ClusterWorker
  readonly listening: Deferred<number> = deferred()
  readonly ended: Promise<void>
  readonly documents = new DocumentSender((message) => this.tell(message))
  isLeaving = false
  /** It has been told what to start with; before, it does not read messages. */
  isStarted = false

  constructor(worker: ClusterWorker) {
    this.worker = worker
    this.ended = new Promise((resolve) => worker.once('exit', () => resolve()))
    this.listening.promise.catch(() => {})
  }

  tell(message: ToWorker): void {
    if (this.worker.isConnected()) this.worker.send(message)
  }
}

/** A crashed worker is replaced after so long, so that one that cannot start does not use up the machine. */
const restartMs = 500
const countTimeoutMs = 1_000

/**
 * A gateway of several processes on one port. This process follows the store, once, and tells the workers of routes
 * and instances; it serves no requests itself.
 */
export class GatewayWorkers implements AsyncDisposable {
  readonly #options: GatewayWorkersOptions
  readonly #source: RouteSource
  readonly #views: SharedViews
  readonly #members = new Set<Member>()
  readonly #counting = new Map<number, (counts: GatewayCounts) => void>()
  readonly #rates = new Map<
    string,
    { tryTake(): Promise<{ allowed: boolean; retryAfterMs: number; remaining: number }> }
  >()
  /** Compiles what workers compile, for the status; it serves nothing. */
  readonly #model: RoutedPlane
  #certificates: readonly CertificatePair[] | undefined
  #port: number
  #lastId = 0
  #isClosing = false
  #replacing: Promise<void> = Promise.resolve()

  private constructor(options: GatewayWorkersOptions, source: RouteSource) {
    const { waypost, zone, onNotice } = options
    this.#options = options
    this.#source = source
    this.#port = options.port
    this.#certificates = options.tls?.certificates
    this.#views = new SharedViews(
      (target, passOn) => openTarget(waypost.registry, zone, { ...target, protocol: 'auto' }, passOn),
      (error) => {
        if (!WaypostError.is(error, 'closed')) onNotice(String(error))
      },
    )
    this.#model = new RoutedPlane({ openView: () => new Promise(() => {}), workers: options.workers })
    void this.#model.setDocument(source.document)
    source.onChange((document) => {
      void this.#model.setDocument(document)
      for (const member of this.#members) if (member.isStarted) member.documents.send(document)
    })
  }

  /** Resolves when all workers listen. */
  static async start(options: GatewayWorkersOptions): Promise<GatewayWorkers> {
    checkOptions('GatewayWorkers.start', options, gatewayWorkersOptionKinds)
    const { waypost, routes, snapshotDir, timeoutMs, onNotice } = options
    if (!cluster.isPrimary) throw invalidArgument('A worker process cannot start workers of its own.')
    const source = await RouteSource.open({ config: waypost.config, path: routes, snapshotDir, timeoutMs, onNotice })
    const gateway = new GatewayWorkers(options, source)
    try {
      cluster.setupPrimary({
        exec: fileURLToPath(new URL('./worker-main.js', import.meta.url)),
        serialization: 'advanced',
        silent: false,
      })
      for (let count = 0; count < options.workers; count++) await gateway.#fork().listening.promise
      return gateway
    } catch (error) {
      await gateway.close()
      throw error
    }
  }

  get port(): number {
    return this.#port
  }

  /** The process ids of the workers. */
  get pids(): number[] {
    return [...this.#members].flatMap(({ worker, isLeaving }) => (isLeaving ? [] : (worker.process.pid ?? [])))
  }

  /** Replaces the workers one by one: a new one listens before an old one takes no more. */
  replace(): Promise<void> {
    this.#replacing = this.#replacing.then(() => this.#replaceAll())
    return this.#replacing
  }

  /** New certificates for the connections that come from now on. Throws `invalid-argument` and keeps the old ones. */
  replaceCertificates(certificates: readonly CertificatePair[]): void {
    new Certificates(certificates, this.#options.tls?.clientCa)
    this.#certificates = certificates
    for (const member of this.#members) member.tell({ type: 'certificates', certificates })
  }

  async exposition(accept?: string): Promise<Exposition> {
    return expositionOf(metricFamilies(await this.#counts(), this.#source.state), accept)
  }

  async status(): Promise<GatewayStatus> {
    const upstreams = this.#views.all.map(({ target, view }) => ({
      target: { ...target, protocol: 'auto' as const },
      view,
    }))
    return statusOf(this.#model.table, upstreams, await this.#counts(), this.#source.state)
  }

  /** Takes no new connections, and waits until what is under way has ended, at most `timeoutMs`. */
  async drain(options: GatewayDrainOptions = {}): Promise<void> {
    checkOptions('workers.drain', options, gatewayDrainOptionKinds)
    const { timeoutMs = 30_000 } = options
    this.#isClosing = true
    const members = [...this.#members]
    for (const member of members) {
      member.isLeaving = true
      member.tell({ type: 'drain' })
    }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs)
    })
    await Promise.race([Promise.all(members.map(({ ended }) => ended)), late])
    clearTimeout(timer)
  }

  async close(): Promise<void> {
    this.#isClosing = true
    const members = [...this.#members]
    for (const { worker } of members) worker.process.kill('SIGKILL')
    await Promise.all(members.map(({ ended }) => ended))
    await Promise.all([this.#views.close(), this.#source.close(), this.#model.close()])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #replaceAll(): Promise<void> {
    for (const old of [...this.#members].filter(({ isLeaving }) => !isLeaving)) {
      if (this.#isClosing) return
      const fresh = this.#fork()
      try {
        await fresh.listening.promise
      } catch (error) {
        this.#options.onNotice(`A worker could not be replaced; the old one stays: ${String(error)}`)
        return
      }
      old.isLeaving = true
      old.tell({ type: 'drain' })
    }
  }

  #fork(): Member {
    const member = new Member(cluster.fork())
    this.#members.add(member)
    member.worker.on('message', (message: ToPrimary) => this.#receive(member, message))
    member.worker.on('error', () => {})
    void member.ended.then(() => this.#gone(member))
    return member
  }

  #gone(member: Member): void {
    this.#members.delete(member)
    this.#views.leave(member)
    member.listening.reject(new WaypostError('unavailable', 'The worker ended before it listened.'))
    if (member.isLeaving || this.#isClosing) return
    this.#options.onNotice(`Worker ${member.worker.process.pid} ended unexpectedly; another one takes its place.`)
    setTimeout(() => {
      if (!this.#isClosing) this.#fork()
    }, restartMs).unref()
  }

  #receive(member: Member, message: ToPrimary): void {
    switch (message.type) {
      case 'ready':
        member.isStarted = true
        member.tell({ type: 'start', settings: this.#workerSettings(), document: this.#source.document })
        break
      case 'listening':
        this.#port = message.port
        member.listening.resolve(message.port)
        break
      case 'next':
        member.documents.next(message.id)
        break
      case 'failed':
        member.isLeaving = true
        member.listening.reject(new WaypostError('failed-precondition', message.message))
        break
      case 'follow':
        this.#views.follow(message.target, member)
        break
      case 'unfollow':
        this.#views.unfollow(message.key, member)
        break
      case 'seen':
        this.#views.seen(message.id, member)
        break
      case 'outcome':
        this.#views.report(message.key, message.instance, message.result)
        break
      case 'take':
        void this.#take(member, message)
        break
      case 'counts':
        this.#counting.get(message.id)?.(message.counts)
        break
      case 'notice':
        this.#options.onNotice(message.message)
    }
  }

  /** When the store cannot tell, the request goes on: a limit that is away must not stop everybody. */
  async #take(member: Member, { id, name, options }: Extract<ToPrimary, { type: 'take' }>): Promise<void> {
    const { coordination } = this.#options.waypost
    const key = JSON.stringify([name, options])
    let taken = { allowed: true, retryAfterMs: 0, remaining: 0 }
    try {
      const rate = this.#rates.get(key) ?? coordination?.rateLimit(name, options)
      if (rate) {
        this.#rates.set(key, rate)
        const { allowed, retryAfterMs, remaining } = await rate.tryTake()
        taken = { allowed, retryAfterMs, remaining }
      }
    } catch (error) {
      this.#options.onNotice(`The shared rate ${name} could not be asked: ${String(error)}`)
    }
    member.tell({ type: 'taken', id, taken })
  }

  async #counts(): Promise<GatewayCounts> {
    const all = await Promise.all([...this.#members].map((member) => this.#countsOf(member)))
    return mergeCounts(all.filter((counts) => counts !== undefined))
  }

  #countsOf(member: Member): Promise<GatewayCounts | undefined> {
    const id = ++this.#lastId
    return new Promise((resolve) => {
      const done = (counts?: GatewayCounts): void => {
        clearTimeout(timer)
        this.#counting.delete(id)
        resolve(counts)
      }
      const timer = setTimeout(done, countTimeoutMs)
      this.#counting.set(id, done)
      member.tell({ type: 'count', id })
    })
  }

  #workerSettings(): WorkerSettings {
    const { options } = { options: this.#options }
    return {
      limits: options.limits,
      proxyProtocol: options.proxyProtocol,
      trustedProxies: options.trustedProxies,
      admission: options.admission,
      upstreamTls: options.upstreamTls,
      upstreamKeepAliveMs: options.upstreamKeepAliveMs,
      connectTimeoutMs: options.connectTimeoutMs,
      drainMs: options.drainMs,
      zone: options.zone,
      // Port 0 is the same free port for all workers: they share the listener of this process.
      port: options.port,
      host: options.host,
      workers: options.workers,
      tls: this.#certificates && { certificates: this.#certificates, clientCa: options.tls?.clientCa },
      accessLogSample: options.accessLogSample,
      drainTimeoutMs: options.drainTimeoutMs ?? 60_000,
      traces: options.traces ?? false,
    }
  }
}
