import { abortable, type CallOptions, type Clock, throwIfAborted, WaitLimit, WaypostError } from '@waypost/core'
import { boolean, callOptionKinds, checkOptions, functionKind, type OptionKinds, text } from '@waypost/core/options'
import type { CallResult, PickOptions } from '../balance/balancer.ts'
import type { Instance } from '../record/instance.ts'
import { classifyError } from './failure.ts'
import type { Attempts, Failure, ServiceTraffic } from './service-traffic.ts'
import type { TrafficMap } from './traffic-map.ts'

/** `timeoutMs` (default 30,000) bounds the call with all its attempts. */
export interface ServiceCallOptions extends CallOptions, Omit<PickOptions, 'exclude'> {
  /**
   * Whether the work may be done twice: it is then repeated on another instance when one fails. When an instance took
   * no connection, another is tried in any case. Default false.
   */
  readonly idempotent?: boolean | undefined
  /** What an error says of the instance. Default: by the error's code and HTTP status; see `classifyError`. */
  readonly classify?: ((error: unknown) => CallResult) | undefined
}

const serviceCallOptionKinds: OptionKinds<ServiceCallOptions> = {
  ...callOptionKinds,
  key: text,
  zone: text,
  idempotent: boolean,
  classify: functionKind<(error: unknown) => CallResult>(),
}

/** What the work of a call is given. */
export interface ServiceCallContext {
  /** Fires when the caller gives up or the time is over. */
  readonly signal: AbortSignal
  /** Counts from 1. */
  readonly attempt: number
}

/** One attempt of a call. */
export type ServiceWork<T> = (instance: Instance, context: ServiceCallContext) => Promise<T>

/** Does `work` with an instance of the service, and with another one when that is safe and needed. */
export type ServiceCall = <T>(work: ServiceWork<T>, options?: ServiceCallOptions) => Promise<T>

const defaultTimeoutMs = 30_000

export function serviceCaller(service: string, traffics: TrafficMap, clock: Clock): ServiceCall {
  const call = `the call of ${service}`
  return async (work, options = {}) => {
    checkOptions(call, options, serviceCallOptionKinds)
    const { timeoutMs = defaultTimeoutMs, signal } = options
    throwIfAborted(signal)
    let hasBegun = false
    using limit = new WaitLimit({ signal, timeoutMs }, clock, () =>
      lateError(service, timeoutMs, hasBegun && options.idempotent !== true),
    )
    const ending = limit.signal ?? new AbortController().signal
    try {
      const traffic = traffics.get(service) ?? (await abortable(traffics.open(service), ending))
      hasBegun = true
      return await attempt(traffic, work, options, ending, clock)
    } catch (error) {
      throw limit.reason(error)
    }
  }
}

async function attempt<T>(
  traffic: ServiceTraffic,
  work: ServiceWork<T>,
  options: ServiceCallOptions,
  signal: AbortSignal,
  clock: Clock,
): Promise<T> {
  const { classify = classifyError, idempotent = false, key, zone } = options
  const attempts: Attempts = traffic.enter()
  const choice = key === undefined && zone === undefined ? undefined : { key, zone }
  let last: Failure | undefined
  for (;;) {
    const instance = traffic.next(attempts, choice)
    if (instance === undefined) throw traffic.noInstance(attempts, last)
    const startedMs = clock.monotonicMs()
    try {
      const result = await abortable(work(instance, { signal, attempt: attempts.tried.length }), signal)
      traffic.end(instance, { result: 'ok', latencyMs: clock.monotonicMs() - startedMs })
      return result
    } catch (error) {
      const result = signal.aborted ? resultOfEnd(signal) : classify(error)
      traffic.end(instance, { result, latencyMs: clock.monotonicMs() - startedMs })
      if (signal.aborted || !traffic.mayRetry(attempts, result, idempotent)) throw error
      last = { error, result }
    }
  }
}

/** An instance that let the time run out has failed; when the caller gave up, nothing is known. */
function resultOfEnd({ reason }: AbortSignal): CallResult {
  return WaypostError.is(reason, 'aborted') ? 'abandoned' : 'failed'
}

function lateError(service: string, timeoutMs: number, isOutcomeUnknown: boolean): WaypostError {
  return new WaypostError(
    isOutcomeUnknown ? 'outcome-unknown' : 'deadline-exceeded',
    `The call to ${service} did not end within ${timeoutMs} ms.`,
  )
}
