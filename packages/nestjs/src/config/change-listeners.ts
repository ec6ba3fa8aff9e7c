import { type FactoryProvider, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { DiscoveryService } from '@nestjs/core'
import type { LiveSelection } from '@waypost/config'
import { messageOf, WaypostError } from '@waypost/core'
import type { LoadedConfig } from './loaded-config.ts'
import { type ChangeListener, changeListenersOf, configOfListener } from './on-config-change.ts'
import { valueAt } from './value-at.ts'

/** Calls the methods that are decorated with `@OnConfigChange`, from the start of the application to its end. */
export class ChangeListeners implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #discovery: DiscoveryService
  readonly #logger = new Logger('Waypost')
  readonly #selections: LiveSelection<unknown>[] = []

  constructor(discovery: DiscoveryService) {
    this.#discovery = discovery
  }

  onApplicationBootstrap(): void {
    const seen = new Set<object>()
    for (const wrapper of [...this.#discovery.getProviders(), ...this.#discovery.getControllers()]) {
      const { metatype, instance } = wrapper
      if (typeof metatype !== 'function' || wrapper.inject) continue
      const listeners = changeListenersOf(metatype.prototype ?? null)
      if (listeners.length === 0) continue
      if (!wrapper.isDependencyTreeStatic() || wrapper.isTransient) {
        throw new WaypostError(
          'invalid-argument',
          `${metatype.name} has @OnConfigChange and is created for each request or consumer, so nobody would know when ` +
            'to stop calling it. Move the method to a provider of the default scope.',
        )
      }
      if (typeof instance !== 'object' || instance === null || seen.has(instance)) continue
      seen.add(instance)
      for (const listener of listeners) {
        const live = configOfListener(instance, listener)
        if (live) void this.#follow(instance, listener, live)
      }
    }
  }

  onApplicationShutdown(): void {
    for (const selection of this.#selections) selection.close()
  }

  /** Never rejects. */
  async #follow(instance: object, { method, path }: ChangeListener, live: LoadedConfig): Promise<void> {
    const selection = live.select((config: unknown) => (path === undefined ? config : valueAt(config, path)))
    this.#selections.push(selection)
    if (selection.current === undefined) {
      this.#logger.warn(
        `${instance.constructor.name}.${String(method)} follows ${path}, which the configuration does not have: it is ` +
          'called when that is set. Is the path right?',
      )
    }
    for await (const update of selection.changes()) {
      try {
        await Reflect.apply(Reflect.get(instance, method), instance, [update])
      } catch (error) {
        const stack = error instanceof Error ? error.stack : undefined
        this.#logger.error(
          `${instance.constructor.name}.${String(method)} failed on a change of the configuration: ${messageOf(error)}`,
          stack,
        )
      }
    }
  }
}

export const changeListenersProvider: FactoryProvider = {
  provide: ChangeListeners,
  useFactory: (discovery: DiscoveryService) => new ChangeListeners(discovery),
  inject: [DiscoveryService],
}
