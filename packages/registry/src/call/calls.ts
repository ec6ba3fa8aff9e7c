import type { Clock } from '@waypost/core'
import type { Dispatcher } from 'undici'
import { type ServiceCall, serviceCaller } from './caller.ts'
import type { DispatcherOptions } from './http/dispatcher-options.ts'
import { serviceDispatcher } from './http/service-dispatcher.ts'
import { type Discover, TrafficMap } from './traffic-map.ts'
import { resolveTraffic, type TrafficOptions } from './traffic-options.ts'

/** What a registry's process calls services with. */
export class Calls {
  readonly #discover: Discover
  readonly #clock: Clock
  readonly #dispatchers = new Set<Dispatcher>()
  readonly #traffics = new Set<TrafficMap>()
  #shared: Dispatcher | undefined
  #plain: TrafficMap | undefined

  constructor(discover: Discover, clock: Clock) {
    this.#discover = discover
    this.#clock = clock
  }

  /** The same one each time when there are no options. */
  dispatcher(options: DispatcherOptions | undefined): Dispatcher {
    if (options !== undefined) return this.#newDispatcher(options)
    this.#shared ??= this.#newDispatcher({})
    return this.#shared
  }

  /** Without options all callers share what they know of a service. */
  caller(service: string, options: TrafficOptions | undefined): ServiceCall {
    if (options !== undefined) return serviceCaller(service, this.#newTraffics(options), this.#clock)
    this.#plain ??= this.#newTraffics({})
    return serviceCaller(service, this.#plain, this.#clock)
  }

  /** Ends at once what is still in flight. */
  async close(): Promise<void> {
    await Promise.all([
      ...[...this.#dispatchers].map((dispatcher) => dispatcher.destroy()),
      ...[...this.#traffics].map((traffics) => traffics.close()),
    ])
  }

  #newDispatcher(options: DispatcherOptions): Dispatcher {
    const dispatcher = serviceDispatcher(options, {
      discover: this.#discover,
      clock: this.#clock,
      onClose: () => {
        this.#dispatchers.delete(dispatcher)
        if (this.#shared === dispatcher) this.#shared = undefined
      },
    })
    this.#dispatchers.add(dispatcher)
    return dispatcher
  }

  #newTraffics(options: TrafficOptions): TrafficMap {
    const settings = resolveTraffic(options)
    const traffics = new TrafficMap({ discover: this.#discover, settings, clock: this.#clock })
    this.#traffics.add(traffics)
    return traffics
  }
}
