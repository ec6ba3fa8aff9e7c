import type { Duplex } from 'node:stream'
import { messageOf } from '@waypost/core'
import type { CallResult, Instance } from '@waypost/registry'
import type { Answer } from '../request/answer.ts'
import type { RequestFacts } from '../request/request-facts.ts'
import type { ProxyAction, RetryReason, Route, RouteParams } from '../routes/route.ts'
import type { Target } from '../routes/target.ts'
import type { Attempt, AttemptListener, UpstreamRequest } from '../upstream/attempt.ts'
import { type Failure, isUnsent, resultOf, retryReason } from '../upstream/failure.ts'
import type { TargetView } from '../upstream/target-view.ts'
import type { Traffic, Upstream } from '../upstream/upstreams.ts'
import type { Downstream } from './downstream.ts'
import { answerOf } from './failure-answer.ts'
import type { Origin } from './forwarded.ts'
import type { GatewayCore } from './gateway-core.ts'
import { setHeader } from './header-edits.ts'
import { RequestBody } from './request-body.ts'
import { requestHeaders } from './request-headers.ts'
import { clientHeaders, headerOf } from './response-headers.ts'
import { joinTunnel } from './tunnel.ts'

export interface ForwardingParts {
  readonly route: Route
  readonly action: ProxyAction
  readonly facts: RequestFacts
  readonly origin: Origin
  readonly params: RouteParams
}

/** The exchange that a request to an instance is a part of. */
export interface ForwardedExchange {
  readonly core: GatewayCore
  readonly down: Downstream
  readonly requestId: string
  readonly isGrpc: boolean
  readonly policyRequestHeaders: readonly (readonly [name: string, value: string])[]
  /** What the instance is not to see, such as an API key. */
  readonly policyRemovedHeaders: readonly string[]
  readonly policyResponseHeaders: readonly (readonly [name: string, value: string])[]
  readonly traceHeaders: readonly (readonly [name: string, value: string])[]
  /** Answers by the gateway itself. */
  answer(answer: Answer): void
  /** The head of the instance's answer goes to the client. */
  relayHead(status: number, headers: string[], isWhole: boolean): void
}

/** The most instances that a request is sent to which no instance has seen. */
const maxUnsent = 4
const gatewayStatuses: Readonly<Record<number, RetryReason>> = { 502: '502', 503: '503', 504: '504' }

/** Sends one request to an instance, and to another one when that is safe and needed; and the answer to the client. */
export class Forwarding implements AttemptListener {
  readonly #exchange: ForwardedExchange
  readonly #parts: ForwardingParts
  readonly #tried: Instance[] = []
  #upstream: Upstream | undefined
  #traffic: Traffic | undefined
  #view: TargetView | undefined
  #instance: Instance | undefined
  #attempt: Attempt | undefined
  #headers: string[] = []
  #path = ''
  #body: RequestBody | undefined
  #cookie: string | undefined
  #tryStartedMs = 0
  #activeMs = 0
  #unsent = 0
  #inFlight = false
  #usesBreaker = false
  #isHeld = false
  #hold: Buffer | undefined
  #length = -1
  #isOver = false
  /** A stream of events or a tunnel is quiet for as long as it likes. */
  #mayBeQuiet = false
  reason: string | undefined
  code: string | undefined
  tries = 0
  upstreamMs: number | undefined

  constructor(exchange: ForwardedExchange, parts: ForwardingParts) {
    this.#exchange = exchange
    this.#parts = parts
  }

  get target(): Target | undefined {
    return this.#upstream?.target
  }

  get instance(): Instance | undefined {
    return this.#instance
  }

  get bytesReceived(): number {
    return this.#body?.bytes ?? 0
  }

  start(): void {
    const { route, action, facts, params, origin } = this.#parts
    const { core, down, requestId, policyRequestHeaders, policyRemovedHeaders, traceHeaders } = this.#exchange
    const chosen = action.choose(facts, core.random())
    this.reason = chosen.reason
    this.#cookie = chosen.cookie
    this.#path = action.rewrite(facts, params)
    const maxBytes = route.limits.maxBodyBytes
    if (maxBytes !== undefined && Number(facts.headers['content-length'] ?? 0) > maxBytes) {
      this.#tooLarge()
      return
    }
    const table = core.table
    this.#headers = requestHeaders({
      down,
      origin,
      requestId,
      isIdentityHeader: (name) => table?.isIdentityHeader(name) === true,
      edits: route.requestHeaders,
      policyHeaders: policyRequestHeaders,
      removed: policyRemovedHeaders,
    })
    for (const [name, value] of traceHeaders) setHeader(this.#headers, name, value)
    if (down.hasBody) {
      this.#body = new RequestBody(down, {
        maxBytes,
        keepBytes: action.retries.attempts > 0 || action.mirror !== undefined ? core.keepBodyBytes : 0,
        onProgress: () => {
          this.#activeMs = core.deadlines.roughNowMs
        },
        onTooLarge: () => this.#tooLarge(),
      })
    }
    this.#use(chosen.target)
  }

  resume(): void {
    this.#attempt?.resume()
  }

  /** The exchange is over for the client, or answered otherwise. */
  abort(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#endTry('abandoned')
    this.#attempt?.abort()
    if (this.#usesBreaker) this.#traffic?.breaker?.forget()
    this.#usesBreaker = false
  }

  exchangeEnded(): void {
    if (!this.#isOver) this.abort()
  }

  check(nowMs: number): void {
    const { action } = this.#parts
    const { headersMs, tryMs, idleMs } = action.timeouts
    if (this.#isOver || this.#attempt === undefined) return
    if (!this.#exchange.down.headSent && !this.#isHeld) {
      const body = this.#body
      const isSending = body !== undefined && !body.isWhole
      const waitsSinceMs = body === undefined ? this.#tryStartedMs : Math.max(this.#tryStartedMs, this.#activeMs)
      const isLate =
        (tryMs !== undefined && nowMs - this.#tryStartedMs >= tryMs) ||
        (headersMs !== undefined && !isSending && nowMs - waitsSinceMs >= headersMs)
      if (isLate) this.#giveUp()
      else if (isSending && idleMs !== undefined && nowMs - waitsSinceMs >= idleMs) this.#stalled()
      return
    }
    if (idleMs !== undefined && !this.#mayBeQuiet && nowMs - this.#activeMs >= idleMs) this.#stalled()
  }

  informed(status: number, headers: readonly string[]): void {
    this.#exchange.down.inform(status, headers)
  }

  head(status: number, headers: readonly string[], isWhole: boolean): void {
    if (this.#isOver) return
    const reason = gatewayStatuses[status]
    this.upstreamMs = this.#exchange.core.clock.monotonicMs() - this.#tryStartedMs
    if (reason !== undefined) {
      this.#record(true)
      if (this.#mayRepeat(reason)) {
        this.#attempt?.abort()
        this.#endTry('failed')
        this.#next()
        return
      }
    } else this.#record(false)
    this.#activeMs = this.#exchange.core.deadlines.roughNowMs
    const { route } = this.#parts
    const relayed = clientHeaders(headers, route.responseHeaders, this.#exchange.policyResponseHeaders)
    relayed.push('x-request-id', this.#exchange.requestId)
    if (this.#cookie !== undefined) relayed.push('set-cookie', this.#cookie)
    const length = headerOf(relayed, 'content-length')
    this.#length = length === undefined ? -1 : Number(length)
    this.#isHeld = true
    this.#mayBeQuiet =
      headerOf(relayed, 'content-type')?.startsWith('text/event-stream') === true || this.#exchange.isGrpc
    this.#exchange.relayHead(status, relayed, isWhole)
    this.#result = reason === undefined ? 'ok' : 'failed'
  }

  #result: CallResult = 'ok'

  data(chunk: Buffer): boolean {
    if (this.#isOver) return true
    this.#activeMs = this.#exchange.core.deadlines.roughNowMs
    if (chunk.length === this.#length && this.#hold === undefined) {
      // The whole body at once: it goes out together with the head.
      this.#hold = Buffer.from(chunk)
      return true
    }
    return this.#exchange.down.write(chunk)
  }

  ended(trailers: readonly string[]): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#endTry(this.#result)
    this.#exchange.down.end(this.#hold, trailers)
    this.#mirror()
  }

  switched(status: number, headers: readonly string[], socket: Duplex, first: Buffer): void {
    const { down } = this.#exchange
    this.upstreamMs = this.#exchange.core.clock.monotonicMs() - this.#tryStartedMs
    const client = this.#isOver ? undefined : down.tunnel()
    if (client === undefined) {
      socket.destroy()
      return
    }
    this.#record(false)
    this.#mayBeQuiet = true
    const upgrade = headerOf(headers, 'upgrade') ?? 'websocket'
    const relayed = clientHeaders(headers, this.#parts.route.responseHeaders, this.#exchange.policyResponseHeaders)
    relayed.push('Connection', 'Upgrade', 'Upgrade', upgrade, 'x-request-id', this.#exchange.requestId)
    if (this.#cookie !== undefined) relayed.push('set-cookie', this.#cookie)
    this.#exchange.relayHead(status, relayed, false)
    this.#attempt = { resume: () => {}, abort: () => socket.destroy() }
    joinTunnel(client, socket, first, () => {
      this.#endTry('ok')
      this.#isOver = true
    })
  }

  failed(failure: Failure): void {
    if (this.#isOver) return
    const { down } = this.#exchange
    this.#endTry(resultOf(failure))
    this.#record(failure.kind !== 'unsent' && failure.kind !== 'aborted')
    if (down.headSent || this.#isHeld) {
      this.#isOver = true
      this.code = 'answer-broken'
      down.abort()
      return
    }
    if (isUnsent(failure) ? this.#mayMove() : this.#mayRepeat(retryReason(failure))) this.#next(failure)
    else this.#fail(failure)
  }

  #use(target: Target): void {
    const { route, action } = this.#parts
    const { core } = this.#exchange
    const upstream = core.upstreams.get(target)
    const traffic = core.upstreams.traffic(route, target, action.retries, action.breaker)
    this.#upstream = upstream
    this.#traffic = traffic
    if (traffic.breaker !== undefined) {
      if (!traffic.breaker.allow()) {
        this.#fallBack(
          'breaker-open',
          `Too many requests to ${target.service} have failed.`,
          traffic.breaker.remainingMs,
        )
        return
      }
      this.#usesBreaker = true
    }
    traffic.budget.deposit()
    if (upstream.view?.isReady === true) this.#next()
    else this.#await(upstream)
  }

  /** The first list of its instances is not there yet. */
  #await(upstream: Upstream): void {
    const resume = (): void => {
      if (!this.#isOver) this.#next()
    }
    upstream.ready.then(resume, resume)
  }

  #next(last?: Failure): void {
    const view = this.#upstream?.view
    const instance = view?.isReady ? this.#pick(view) : undefined
    if (view === undefined || instance === undefined) {
      this.#noInstance(last)
      return
    }
    const { core } = this.#exchange
    this.#view = view
    this.#instance = instance
    this.#tried.push(instance)
    this.tries += 1
    this.#tryStartedMs = core.clock.monotonicMs()
    this.#inFlight = true
    view.begin(instance)
    // A connection that the instance has closed meanwhile is noticed within a turn of the event loop. What may be
    // repeated need not wait for that.
    if (isIdempotent(this.#exchange.down.method)) this.#begin(instance)
    else setImmediate(() => this.#begin(instance))
  }

  #begin(instance: Instance): void {
    if (this.#isOver) return
    try {
      this.#attempt = this.#send(instance)
    } catch (error) {
      this.failed({ kind: 'unsent', error: error instanceof Error ? error : new Error(messageOf(error)) })
    }
  }

  #pick(view: TargetView): Instance | undefined {
    const key = this.#upstream?.target.hashKey?.(this.#parts.facts)
    if (this.#tried.length === 0) return view.pick(key === undefined ? undefined : { key })
    const other = view.pick({ exclude: this.#tried, key })
    // A connection that was kept alive may have been closed meanwhile: the only instance deserves another one.
    return other ?? (this.#tried.length === 1 ? view.pick(key === undefined ? undefined : { key }) : undefined)
  }

  #send(instance: Instance): Attempt {
    const { action } = this.#parts
    const { core, down } = this.#exchange
    const { connections } = core
    const request: UpstreamRequest = {
      method: down.method,
      path: this.#path,
      host: this.#host(instance),
      headers: this.#headers,
      body: this.#body?.open(),
      instance,
      connectMs: action.timeouts.connectMs,
    }
    if (down.isUpgrade) return connections.upgrade(request, down.headers.upgrade ?? 'websocket', this)
    const protocol = this.#upstream?.target.protocol ?? action.targets[0]?.protocol
    const isHttp2 =
      protocol === 'h2c' ||
      (protocol === 'auto' && (this.#exchange.isGrpc || instance.scheme === 'h2c' || instance.scheme === 'grpc'))
    // The only instance, once more: not on another connection that may have been closed meanwhile as well.
    if (!isHttp2) return connections.http1(request, this, this.#tried.indexOf(instance) < this.#tried.length - 1)
    const headers = down.headers.te === 'trailers' ? [...this.#headers, 'te', 'trailers'] : this.#headers
    return connections.http2({ ...request, headers }, this)
  }

  #host(instance: Instance): string {
    const { host } = this.#parts.action
    if (host.kind === 'name') return host.name
    return host.kind === 'instance' || this.#exchange.down.authority === ''
      ? instance.address
      : this.#exchange.down.authority
  }

  /** Nobody has seen the request: another instance may have it, whatever it is. */
  #mayMove(): boolean {
    this.#unsent += 1
    return this.#unsent < maxUnsent && (this.#body === undefined || this.#body.canRepeat)
  }

  #mayRepeat(reason: RetryReason | undefined): boolean {
    const { retries } = this.#parts.action
    return (
      reason !== undefined &&
      this.tries - this.#unsent <= retries.attempts &&
      retries.on.has(reason) &&
      retries.methods.has(this.#exchange.down.method) &&
      !this.#exchange.down.isUpgrade &&
      (this.#body === undefined || this.#body.canRepeat) &&
      this.#traffic?.budget.withdraw() === true
    )
  }

  /** The instance takes too long. */
  #giveUp(): void {
    this.#attempt?.abort()
    this.failed({ kind: 'timeout', error: new Error('The instance did not answer in time.') })
  }

  /** Nothing moves: the client or the instance has stopped. */
  #stalled(): void {
    const isClient = this.#body !== undefined && !this.#body.isWhole
    if (isClient)
      this.#exchange.answer({ status: 408, code: 'body-timeout', detail: 'The body did not arrive in time.' })
    else this.#exchange.answer({ status: 504, code: 'idle-timeout', detail: 'The instance stopped sending.' })
  }

  #tooLarge(): void {
    this.#exchange.answer({ status: 413, code: 'body-too-large', detail: 'The body is larger than the route allows.' })
  }

  #noInstance(last: Failure | undefined): void {
    if (last !== undefined) this.#fail(last)
    else {
      if (this.#usesBreaker) this.#traffic?.breaker?.forget()
      this.#usesBreaker = false
      const service = this.#upstream?.target.service ?? ''
      this.#fallBack('no-instance', `No instance of ${service} can take the request.`, 1_000)
    }
  }

  #fail(failure: Failure): void {
    this.#isOver = true
    this.#exchange.answer(answerOf(failure))
  }

  #fallBack(code: string, detail: string, retryAfterMs: number): void {
    const { fallback } = this.#parts.action
    this.code = code
    if (fallback?.kind === 'target' && this.reason !== 'fallback') {
      this.reason = 'fallback'
      this.#use(fallback.target)
      return
    }
    this.#isOver = true
    const seconds = String(Math.max(1, Math.ceil(retryAfterMs / 1_000)))
    this.#exchange.answer(
      fallback?.kind === 'answer'
        ? fallback.answer
        : { status: 503, code, detail, headers: { 'retry-after': seconds } },
    )
  }

  #record(hasFailed: boolean): void {
    if (this.#usesBreaker) this.#traffic?.breaker?.record(hasFailed)
    this.#usesBreaker = false
  }

  #endTry(result: CallResult): void {
    if (!this.#inFlight || this.#instance === undefined) return
    this.#inFlight = false
    const { core } = this.#exchange
    const latencyMs = this.upstreamMs ?? core.clock.monotonicMs() - this.#tryStartedMs
    this.#view?.end(this.#instance, this.#mayBeQuiet ? { result } : { result, latencyMs })
    core.observer.tried(
      this.#parts.route.name,
      this.#upstream?.target.service ?? '',
      this.#instance.id,
      result,
      latencyMs,
    )
  }

  /** A copy for another service, whose answer nobody waits for. Bodies that were not kept are not copied. */
  #mirror(): void {
    const { mirror } = this.#parts.action
    const { core, down } = this.#exchange
    if (mirror === undefined || core.random() >= mirror.share) return
    if (this.#body !== undefined && !(this.#body.isWhole && this.#body.canRepeat)) return
    const view = core.upstreams.get(mirror.target).view
    const instance = view?.isReady ? view.pick() : undefined
    if (view === undefined || instance === undefined) return
    view.begin(instance)
    core.connections.http1(
      {
        method: down.method,
        path: this.#path,
        host: this.#host(instance),
        headers: [...this.#headers, 'x-mirrored', '1'],
        body: this.#body?.open(),
        instance,
        connectMs: this.#parts.action.timeouts.connectMs,
      },
      {
        informed: () => {},
        head: () => {},
        switched: (_status, _headers, socket) => socket.destroy(),
        data: () => true,
        ended: () => view.end(instance, { result: 'ok' }),
        failed: (failure) => view.end(instance, { result: resultOf(failure) }),
      },
    )
  }
}

function isIdempotent(method: string): boolean {
  return method !== 'POST' && method !== 'PATCH'
}
