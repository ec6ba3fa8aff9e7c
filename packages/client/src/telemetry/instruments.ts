import { type Clock, WaypostError } from '@waypost/core'
import type { CallOutcome, EtcdMetrics } from './metrics.ts'
import type { EtcdTracer } from './tracer.ts'

interface MethodName {
  readonly service: string
  readonly method: string
  /** For labels. */
  readonly short: string
}

/** Tells metrics and tracer of calls. */
export class Instruments {
  readonly #metrics: EtcdMetrics
  readonly #tracer: EtcdTracer | undefined
  readonly #clock: Clock
  readonly #names = new Map<string, MethodName>()

  constructor(metrics: EtcdMetrics, tracer: EtcdTracer | undefined, clock: Clock) {
    this.#metrics = metrics
    this.#tracer = tracer
    this.#clock = clock
  }

  async observe<Res>(path: string, call: () => Promise<Res>): Promise<Res> {
    const { service, method, short } = this.#nameOf(path)
    const span = this.#tracer?.startCall(service, method)
    const startedMs = this.#clock.monotonicMs()
    const ended = (error: WaypostError | undefined): void => {
      const outcome: CallOutcome = error === undefined ? 'ok' : error.code
      this.#metrics.callEnded?.(short, outcome, (this.#clock.monotonicMs() - startedMs) / 1_000)
      span?.end(error)
    }
    try {
      const answer = await call()
      ended(undefined)
      return answer
    } catch (error) {
      ended(WaypostError.is(error) ? error : new WaypostError('internal', String(error), { cause: error }))
      throw error
    }
  }

  retried(path: string): void {
    this.#metrics.callRetried?.(this.#nameOf(path).short)
  }

  /** `/etcdserverpb.KV/Range` in its parts. There are as many as the API has methods. */
  #nameOf(path: string): MethodName {
    let name = this.#names.get(path)
    if (name === undefined) {
      const [service = '', method = ''] = path.slice(1).split('/')
      name = { service, method, short: `${service.slice(service.lastIndexOf('.') + 1)}/${method}` }
      this.#names.set(path, name)
    }
    return name
  }
}
