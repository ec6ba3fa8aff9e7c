import type { Clock } from '@waypost/core'
import type { Dispatcher } from 'undici'
import { checkNotNegative } from '../../record/check-values.ts'
import { closedError, type Discover, TrafficMap } from '../traffic-map.ts'
import { resolveTraffic } from '../traffic-options.ts'
import { CallbackExchange } from './callback-exchange.ts'
import { ControllerExchange } from './controller-exchange.ts'
import { type DispatcherOptions, defaultRetryMethods } from './dispatcher-options.ts'
import type { ExchangeParts, Route } from './exchange.ts'
import { InstancePools, type PoolParts } from './instance-pools.ts'
import { ServiceNames } from './service-name.ts'
import { loadUndici } from './undici.ts'

export interface DispatcherParts {
  readonly discover: Discover
  readonly clock: Clock
  readonly onClose: () => void
}

const defaultConnectTimeoutMs = 3_000
const defaultDrainTimeoutMs = 30_000

/** An undici dispatcher that sends requests for services to their instances, and all others on as they are. */
export function serviceDispatcher(options: DispatcherOptions, parts: DispatcherParts): Dispatcher {
  const { connectTimeoutMs = defaultConnectTimeoutMs, drainTimeoutMs = defaultDrainTimeoutMs } = options
  checkNotNegative({ connectTimeoutMs, drainTimeoutMs })
  const undici = loadUndici()
  const { clock } = parts
  const before = undici.getGlobalDispatcher()
  const fallback = options.fallback ?? before
  const connect = { timeout: connectTimeoutMs }
  const poolParts: PoolParts = {
    newPool: (origin) => new undici.Pool(origin, { connect, ...options.pool }),
    drainTimeoutMs,
    clock,
  }
  const exchangeParts: ExchangeParts = {
    clock,
    retryMethods: new Set(options.retryMethods ?? defaultRetryMethods),
    isLongPoll: options.isLongPoll,
  }
  const settings = resolveTraffic(options)

  class ServiceDispatcher extends undici.Dispatcher {
    readonly #names = new ServiceNames(options)
    readonly #routes = new Map<string, Route>()
    readonly #traffics = new TrafficMap({
      discover: parts.discover,
      settings,
      clock,
      onGone: (service) => this.#forget(service),
    })
    #closing: Promise<void> | undefined
    #isDestroyed = false

    override dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
      const service = this.#names.of(request.origin)
      if (service === undefined || request.origin === undefined) return fallback.dispatch(request, handler)
      const origin = new URL(request.origin)
      const exchange = handler.onRequestStart
        ? new ControllerExchange(exchangeParts, request, origin, handler)
        : new CallbackExchange(exchangeParts, request, origin, handler, newAbortError)
      exchange.begin()
      const route = this.#closing === undefined ? this.#routes.get(service) : undefined
      if (route) exchange.send(route)
      else {
        this.#open(service)
          .then((opened) => exchange.send(opened))
          .catch((error: unknown) => exchange.fail(error))
      }
      return true
    }

    override close(): Promise<void>
    override close(callback: () => void): void
    override close(callback?: () => void): Promise<void> | undefined {
      this.#closing ??= this.#close((pools) => pools.close())
      return settle(this.#closing, callback)
    }

    override destroy(): Promise<void>
    override destroy(error: Error | null): Promise<void>
    override destroy(callback: () => void): void
    override destroy(error: Error | null, callback: () => void): void
    override destroy(first?: Error | null | (() => void), second?: () => void): Promise<void> | undefined {
      const error = typeof first === 'function' || first === undefined ? null : first
      this.#isDestroyed = true
      const ended = [...this.#routes.values()].map(({ pools }) => pools.destroy(error))
      this.#closing ??= this.#close((pools) => pools.destroy(error))
      const all = Promise.all([this.#closing, ...ended]).then(() => {})
      return settle(all, typeof first === 'function' ? first : second)
    }

    get closed(): boolean {
      return this.#closing !== undefined
    }

    get destroyed(): boolean {
      return this.#isDestroyed
    }

    async #open(service: string): Promise<Route> {
      const traffic = await this.#traffics.open(service)
      if (this.#closing !== undefined) throw closedError()
      let route = this.#routes.get(service)
      if (route === undefined) {
        route = { traffic, pools: new InstancePools(poolParts, traffic.view) }
        this.#routes.set(service, route)
      }
      return route
    }

    #forget(service: string): void {
      const route = this.#routes.get(service)
      this.#routes.delete(service)
      void route?.pools.close()
    }

    async #close(end: (pools: InstancePools) => Promise<void>): Promise<void> {
      if (undici.getGlobalDispatcher() === this) undici.setGlobalDispatcher(before)
      await Promise.all([...this.#routes.values()].map(({ pools }) => end(pools)))
      await this.#traffics.close()
      parts.onClose()
    }
  }

  const newAbortError = () => new undici.errors.RequestAbortedError()
  const dispatcher = new ServiceDispatcher()
  if (options.global) undici.setGlobalDispatcher(dispatcher)
  return dispatcher
}

function settle(done: Promise<void>, callback: (() => void) | undefined): Promise<void> | undefined {
  if (callback === undefined) return done
  done.then(callback, callback)
  return undefined
}
