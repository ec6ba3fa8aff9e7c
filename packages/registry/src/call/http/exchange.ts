import type { Clock } from '@waypost/core'
import type { Dispatcher } from 'undici'
import type { CallResult } from '../../balance/balancer.ts'
import type { Instance } from '../../record/instance.ts'
import { isGatewayStatus, resultOfCode } from '../failure.ts'
import type { Attempts, Failure, ServiceTraffic } from '../service-traffic.ts'
import { closedError } from '../traffic-map.ts'
import type { InstancePools } from './instance-pools.ts'
import { RequestBody } from './request-body.ts'
import { withHost } from './request-headers.ts'

/** A service that requests are sent to. */
export interface Route {
  readonly traffic: ServiceTraffic
  readonly pools: InstancePools
}

export interface ExchangeParts {
  readonly clock: Clock
  readonly retryMethods: ReadonlySet<string>
  readonly isLongPoll: ((request: Dispatcher.DispatchOptions) => boolean) | undefined
}

/** Errors of the caller's or of this process's own making: no other instance would do better. */
const ownCodes = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_ABORTED',
  'EMFILE',
  'ENFILE',
  'EADDRNOTAVAIL',
  'ENOBUFS',
])

/** The pool was closed because its instance left. */
const closedCodes = new Set(['UND_ERR_CLOSED', 'UND_ERR_DESTROYED'])

/**
 * One request of the application, with all its attempts. undici calls `onConnect` of a handler just before it writes
 * the request: an attempt that fails before that was provably not sent.
 *
 * The caller hears of the start at once and only once, so that it can abort at any time; of errors it hears the last.
 */
export abstract class Exchange {
  readonly #parts: ExchangeParts
  readonly #options: Dispatcher.DispatchOptions
  readonly #body: RequestBody
  readonly #host: string
  readonly #protocol: string
  #route: Route | undefined
  #attempts: Attempts = { tried: [], sent: 0 }
  /** Whose answer is awaited. */
  #instance: Instance | undefined
  #last: Failure | undefined
  #startedMs = 0
  #status: number | undefined
  #answeredMs = 0
  /** Ends the attempt that is being sent. */
  #abortAttempt: ((reason: Error) => void) | undefined
  #isOver = false

  constructor(parts: ExchangeParts, options: Dispatcher.DispatchOptions, origin: URL) {
    this.#parts = parts
    this.#options = options
    this.#body = new RequestBody(options.body)
    this.#host = origin.host
    this.#protocol = origin.protocol
  }

  /** Tells the caller that the request begins. */
  protected abstract announce(): void
  /** Tells the caller that the request failed. */
  protected abstract reject(error: Error): void
  protected abstract handler(): Dispatcher.DispatchHandler

  /** The first thing to be called. Then `send` or `fail`. */
  begin(): void {
    this.announce()
  }

  send(route: Route): void {
    if (this.#isOver) return
    this.#route = route
    this.#attempts = route.traffic.enter()
    this.#next(route)
  }

  fail(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#body.discard()
    this.reject(error instanceof Error ? error : new Error(String(error)))
  }

  protected get isOver(): boolean {
    return this.#isOver
  }

  /** The caller gives up. */
  protected abort(reason: Error): void {
    if (this.#isOver) return
    if (this.#abortAttempt !== undefined) {
      this.#abortAttempt(reason)
      return
    }
    this.#end('abandoned')
    this.fail(reason)
  }

  /** The attempt is about to be written. */
  protected connected(abort: (reason: Error) => void): void {
    if (this.#isOver) abort(new Error('The request was aborted before it was sent.'))
    else this.#abortAttempt = abort
  }

  protected answered(status: number): void {
    if (status < 200 && status !== 101) return
    this.#status = status
    this.#answeredMs = this.#parts.clock.monotonicMs()
  }

  protected completed(): void {
    this.#isOver = true
    this.#end(this.#status !== undefined && isGatewayStatus(this.#status) ? 'failed' : 'ok')
  }

  protected failed(error: Error): void {
    if (this.#isOver) return
    const result = this.#classify(error)
    const isAnswered = this.#status !== undefined
    this.#abortAttempt = undefined
    this.#end(result === 'not-sent' ? 'abandoned' : result)
    if (isAnswered || this.#route === undefined || !this.#mayRetry(this.#route, result)) {
      this.fail(error)
      return
    }
    this.#last = { error, result }
    this.#next(this.#route)
  }

  #next({ traffic, pools }: Route): void {
    const instance = traffic.next(this.#attempts)
    if (instance === undefined) {
      this.fail(traffic.noInstance(this.#attempts, this.#last))
      return
    }
    this.#instance = instance
    this.#startedMs = this.#parts.clock.monotonicMs()
    const to = pools.get(instance, this.#protocol)
    if (to === undefined) {
      this.#end('abandoned')
      this.fail(closedError())
      return
    }
    const { origin, pool } = to
    const headers = withHost(this.#options.headers, this.#host)
    pool.dispatch({ ...this.#options, origin, headers, body: this.#body.forAttempt }, this.handler())
  }

  #classify(error: Error): CallResult | 'not-sent' {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
    const isOwn = ownCodes.has(code)
    const isClosed = closedCodes.has(code)
    if (this.#abortAttempt === undefined) {
      if (isOwn) return 'abandoned'
      return isClosed ? 'not-sent' : 'unreachable'
    }
    if (isOwn) return 'abandoned'
    return isClosed || resultOfCode(error) !== undefined ? 'failed' : 'abandoned'
  }

  #mayRetry({ traffic }: Route, result: CallResult | 'not-sent'): boolean {
    const isSafe = this.#parts.retryMethods.has(this.#options.method) && !this.#options.upgrade
    return this.#body.canBeSent && traffic.mayRetry(this.#attempts, result, isSafe)
  }

  #end(result: CallResult): void {
    const instance = this.#instance
    if (instance === undefined) return
    this.#instance = undefined
    this.#route?.traffic.end(instance, { result, latencyMs: this.#latencyMs() })
  }

  #latencyMs(): number | undefined {
    if (this.#status === undefined || this.#parts.isLongPoll?.(this.#options)) return undefined
    return this.#answeredMs - this.#startedMs
  }
}
