import {
  anything,
  boolean,
  functionKind,
  listOf,
  notNegative,
  type OptionKinds,
  text,
  withMethods,
} from '@waypost/core/options'
import type { Dispatcher, Pool } from 'undici'
import { type TrafficOptions, trafficOptionKinds } from '../traffic-options.ts'

export interface DispatcherOptions extends TrafficOptions {
  /**
   * With `svc.example`, the host `user.svc.example` is the service `user`. Default: every host of one label without a
   * port is a service, except `localhost`; `http://user/` is one, `http://user:8080/` and `http://user.example/` are not.
   */
  readonly domain?: string | undefined
  /** Decides instead of `domain` which service a URL means; `undefined` says that it is none. */
  readonly serviceOf?: ((origin: URL) => string | undefined) | undefined
  /** Where requests go that are for no service. Default: the global dispatcher as it was when this one was made. */
  readonly fallback?: Dispatcher | undefined
  /** Makes it the global dispatcher, so that every `fetch` finds services. Undone by closing it. Default false. */
  readonly global?: boolean | undefined
  /**
   * The methods of requests that may be repeated after they were sent. Default GET, HEAD and OPTIONS: PUT and DELETE
   * are idempotent by their definition, but not in every service.
   */
  readonly retryMethods?: readonly string[] | undefined
  /** Requests whose latency means nothing, such as long polls. Default none. */
  readonly isLongPoll?: ((request: Dispatcher.DispatchOptions) => boolean) | undefined
  /** How long a connection to an instance may take to come about. Default 3,000. */
  readonly connectTimeoutMs?: number | undefined
  /** How long requests in flight may go on when their instance leaves or the dispatcher closes. Default 30,000. */
  readonly drainTimeoutMs?: number | undefined
  /** For the pool of each instance, as undici takes them. */
  readonly pool?: Pool.Options | undefined
}

export const dispatcherOptionKinds: OptionKinds<DispatcherOptions> = {
  ...trafficOptionKinds,
  domain: text,
  serviceOf: functionKind<(origin: URL) => string | undefined>(),
  fallback: withMethods('a dispatcher', ['dispatch']),
  global: boolean,
  retryMethods: listOf(text),
  isLongPoll: functionKind<(request: Dispatcher.DispatchOptions) => boolean>(),
  connectTimeoutMs: notNegative,
  drainTimeoutMs: notNegative,
  pool: anything(),
}

export const defaultRetryMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS']
