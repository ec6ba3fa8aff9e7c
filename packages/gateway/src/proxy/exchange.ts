import { isFieldValue, isToken } from '../http1/field-lines.ts'
import type { Identity, Policy, PolicyContext, PolicyDecision } from '../policies/policy.ts'
import type { Answer } from '../request/answer.ts'
import type { RequestFacts } from '../request/request-facts.ts'
import type { ProxyAction, Route, RouteParams, RouteTable } from '../routes/route.ts'
import type { Waiting } from './admission.ts'
import { answerHead, answerText } from './answer.ts'
import type { Timed } from './deadlines.ts'
import type { Downstream, DownstreamListener } from './downstream.ts'
import type { ExchangeRecord } from './exchange-record.ts'
import type { Origin } from './forwarded.ts'
import { type ForwardedExchange, Forwarding } from './forwarding.ts'
import type { GatewayCore, ObservedExchange } from './gateway-core.ts'
import { grpcTimeoutMs, isGrpc } from './grpc.ts'
import { readRequest } from './read-request.ts'
import { headerOf } from './response-headers.ts'

type Pair = readonly [name: string, value: string]

/** One request of a client from its head to the end of its answer: route, policies, admission, forwarding. */
export class Exchange implements ForwardedExchange, DownstreamListener, PolicyContext, Waiting, Timed {
  readonly core: GatewayCore
  readonly down: Downstream
  readonly requestId: string
  readonly startedMs: number
  readonly policyRequestHeaders: Pair[] = []
  readonly policyRemovedHeaders: string[] = []
  readonly policyResponseHeaders: Pair[] = []
  #facts: RequestFacts | undefined
  #origin: Origin | undefined
  #route: Route | undefined
  #params: RouteParams = {}
  #identity: Identity | undefined
  #releases: (() => void)[] | undefined
  #forwarding: Forwarding | undefined
  #observed: ObservedExchange | undefined
  #abort: AbortController | undefined
  #totalDeadlineMs = Number.POSITIVE_INFINITY
  #table: RouteTable | undefined
  /** When it has to end because its route has vanished. */
  #goneMs = Number.POSITIVE_INFINITY
  #admission: 'none' | 'waiting' | 'in' = 'none'
  #status = 0
  #code: string | undefined
  #isOver = false

  private constructor(core: GatewayCore, down: Downstream) {
    this.core = core
    this.down = down
    this.startedMs = core.clock.monotonicMs()
    this.requestId =
      (down.connection.isTrusted && idOf(headerOf(down.rawHeaders, 'x-request-id'))) || core.newRequestId()
  }

  static begin(core: GatewayCore, down: Downstream): void {
    const exchange = new Exchange(core, down)
    down.listen(exchange)
    exchange.#start()
  }

  /** The name of the route. For policies. */
  get route(): string {
    return this.#route?.name ?? ''
  }

  get identity(): Identity | undefined {
    return this.#identity
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.#isOver) this.#abort.abort()
    return this.#abort.signal
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get isGrpc(): boolean {
    return isGrpc(headerOf(this.down.rawHeaders, 'content-type'))
  }

  /** Headers of tracing for the instance. */
  get traceHeaders(): readonly Pair[] {
    return this.#observed?.headers ?? []
  }

  /** Answers by the gateway itself; when an answer has been begun, that is broken off. */
  answer(answer: Answer): void {
    if (this.#isOver) return
    this.#code = answer.code
    this.#forwarding?.abort()
    if (this.down.headSent) {
      this.down.abort()
      return
    }
    const text = answerText(answer, this.requestId)
    const head = answerHead(this, answer, text)
    this.#status = answer.status
    const isWhole = text === undefined || this.down.method === 'HEAD' || head.isTrailersOnly
    this.down.sendHead(head.status, head.headers, this.core.isDraining, isWhole)
    this.down.end(isWhole ? undefined : text, [])
  }

  /** The head of the instance's answer goes to the client. */
  relayHead(status: number, headers: string[], isWhole: boolean): void {
    this.#status = status
    this.down.sendHead(status, headers, this.core.isDraining, isWhole)
  }

  drained(): void {
    this.#forwarding?.resume()
  }

  clientGone(): void {
    if (this.#status === 0) this.#status = 499
    this.#code ??= this.#forwarding?.code ?? 'client-gone'
    this.#forwarding?.abort()
    this.#end()
  }

  finished(): void {
    this.#end()
  }

  admitted(): void {
    this.#admission = 'in'
    if (this.#isOver) this.#leave()
    else this.#forward()
  }

  shed(): void {
    this.#admission = 'none'
    this.answer({
      status: 503,
      code: 'overloaded',
      detail: 'The gateway has more requests than it can serve.',
      headers: { 'retry-after': '1' },
    })
  }

  check(nowMs: number): void {
    if (this.core.table !== this.#table) this.#tableChanged(nowMs)
    if (nowMs >= this.#totalDeadlineMs) {
      this.answer({ status: 504, code: 'timeout', detail: 'The request took longer than its route allows.' })
    } else if (nowMs >= this.#goneMs) {
      this.answer({ status: 503, code: 'route-gone', detail: 'The route of the request is no longer there.' })
    } else this.#forwarding?.check(nowMs)
  }

  /** What goes by a route that has vanished may end by itself for a while. */
  #tableChanged(nowMs: number): void {
    this.#table = this.core.table
    if (this.#route === undefined || this.core.routeNames.has(this.#route.name)) this.#goneMs = Number.POSITIVE_INFINITY
    else this.#goneMs = Math.min(this.#goneMs, nowMs + this.core.drainMs)
  }

  #start(): void {
    this.core.deadlines.add(this)
    const read = readRequest(this.down, this.core.proxies, this.core.table?.pathRules)
    if ('status' in read) {
      this.answer(read)
      return
    }
    this.#facts = read.facts
    this.#origin = read.origin
    this.#observed = this.core.observer.begin?.(read.facts, this.requestId)
    const { table } = this.core
    this.#table = table
    if (table === undefined) {
      this.answer({
        status: 503,
        code: 'no-routes',
        detail: 'The gateway has no routes yet.',
        headers: { 'retry-after': '1' },
      })
      return
    }
    const match = table.match(read.facts)
    if (match === undefined) {
      this.answer({ status: 404, code: 'no-route', detail: 'No route takes this request.' })
      return
    }
    this.#route = match.route
    this.#params = match.params
    this.#setDeadline(match.route)
    const { middleware } = this.core
    const { policies } = match.route
    this.#checkPolicies(match.route, middleware.length === 0 ? policies : [...middleware, ...policies], read.facts, 0)
  }

  #setDeadline({ action }: Route): void {
    const totalMs = action.kind === 'proxy' ? action.timeouts.totalMs : undefined
    const grpcMs = this.isGrpc ? grpcTimeoutMs(textOf(this.down.headers['grpc-timeout'])) : undefined
    const limitMs = Math.min(totalMs ?? Number.POSITIVE_INFINITY, grpcMs ?? Number.POSITIVE_INFINITY)
    this.#totalDeadlineMs = this.startedMs + limitMs
  }

  #checkPolicies(route: Route, policies: readonly Policy[], facts: RequestFacts, from: number): void {
    for (let index = from; index < policies.length; index++) {
      const decision = policies[index]?.check(facts, this)
      if (decision === undefined) continue
      if (!(decision instanceof Promise)) {
        if (!this.#take(decision)) return
        continue
      }
      decision.then(
        (later) => {
          if (this.#take(later)) this.#checkPolicies(route, policies, facts, index + 1)
        },
        () =>
          this.answer({ status: 500, code: 'policy-failed', detail: 'A policy of the route could not be evaluated.' }),
      )
      return
    }
    this.#act(route, facts)
  }

  /** True when the request goes on. */
  #take(decision: PolicyDecision): boolean {
    if (decision.kind === 'answer') {
      this.answer(decision.answer)
      return false
    }
    const { release, removeRequestHeaders, requestHeaders, responseHeaders, identity } = decision
    if (release !== undefined) {
      if (this.#isOver) release()
      else if (this.#releases === undefined) this.#releases = [release]
      else this.#releases.push(release)
    }
    if (this.#isOver) return false
    if (!areHeaders(requestHeaders) || !areHeaders(responseHeaders)) {
      this.answer({
        status: 500,
        code: 'policy-failed',
        detail: 'A rule of the route made a header that is malformed.',
      })
      return false
    }
    if (removeRequestHeaders !== undefined) this.policyRemovedHeaders.push(...removeRequestHeaders)
    if (requestHeaders !== undefined) this.policyRequestHeaders.push(...Object.entries(requestHeaders))
    if (responseHeaders !== undefined) this.policyResponseHeaders.push(...Object.entries(responseHeaders))
    if (identity !== undefined) this.#identity = identity
    return true
  }

  #act({ action }: Route, facts: RequestFacts): void {
    if (action.kind === 'answer') {
      this.answer(action.answer(facts, this.#params))
      return
    }
    if (this.down.isUpgrade && !action.webSocket) {
      this.answer({ status: 403, code: 'upgrade-refused', detail: 'The route takes no upgrades of the connection.' })
      return
    }
    this.#admission = 'waiting'
    if (this.core.admission.enter(this)) this.admitted()
  }

  #forward(): void {
    const route = this.#route
    const facts = this.#facts
    const origin = this.#origin
    if (route === undefined || facts === undefined || origin === undefined || route.action.kind !== 'proxy') return
    const action: ProxyAction = route.action
    this.#forwarding = new Forwarding(this, { route, action, facts, origin, params: this.#params })
    this.#forwarding.start()
  }

  #leave(): void {
    const was = this.#admission
    this.#admission = 'none'
    if (was === 'in') this.core.admission.leave()
    else if (was === 'waiting') this.core.admission.withdraw(this)
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.core.deadlines.delete(this)
    this.#leave()
    this.#abort?.abort()
    for (const release of this.#releases ?? []) release()
    this.#forwarding?.exchangeEnded()
    const record = this.#record()
    this.#observed?.end(record)
    this.core.observer.end(record)
  }

  #record(): ExchangeRecord {
    const { down, requestId, startedMs, core } = this
    const facts = this.#facts
    const forwarding = this.#forwarding
    return {
      requestId,
      protocol: down.protocol,
      method: down.method,
      scheme: facts?.scheme ?? (down.connection.isEncrypted ? 'https' : 'http'),
      host: facts?.host ?? '',
      path: facts?.path ?? '',
      clientAddress: facts?.clientAddress ?? down.connection.remoteAddress,
      route: this.#route?.name,
      service: forwarding?.target?.service,
      instance: forwarding?.instance?.id,
      reason: forwarding?.reason,
      tries: forwarding?.tries ?? 0,
      status: this.#status,
      code: this.#code ?? forwarding?.code,
      subject: this.#identity?.subject,
      durationMs: core.clock.monotonicMs() - startedMs,
      upstreamMs: forwarding?.upstreamMs,
      bytesReceived: forwarding?.bytesReceived ?? 0,
      bytesSent: down.bytesSent,
    }
  }
}

/** Rules of somebody's own may bring anything, line breaks among it. */
function areHeaders(headers: Readonly<Record<string, string>> | undefined): boolean {
  for (const name in headers) if (!isToken(name) || !isFieldValue(headers[name] ?? '')) return false
  return true
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

/** A request id of a trusted proxy, when it can stand in a log and a header. */
function idOf(value: string | undefined): string | undefined {
  return value !== undefined && /^[\w.:/+=@-]{1,128}$/.test(value) ? value : undefined
}
