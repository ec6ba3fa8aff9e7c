import { type DynamicModule, Module, type Provider } from '@nestjs/common'
import { DiscoveryModule, DiscoveryService, ModuleRef } from '@nestjs/core'
import type { QueueOptions, Waypost } from 'waypost'
import { waypostToken } from '../tokens.ts'
import { CoordinationHealth } from './coordination-health.ts'
import { Coordinator } from './coordinator.ts'
import { leaderToken, queueToken } from './tokens.ts'

export interface CoordinationModuleOptions {
  /** The queues that `@InjectQueue` injects: names, or names with options. */
  readonly queues?: readonly (string | ({ readonly name: string } & QueueOptions))[] | undefined
  /** The elections that `@InjectLeader` injects. */
  readonly leaders?: readonly string[] | undefined
  /** The group of this application's crons. All instances of an application use the same. Default `default`. */
  readonly group?: string | undefined
  /** How long running jobs have when the application ends, in milliseconds. Default 30,000. */
  readonly drainTimeoutMs?: number | undefined
  /** The name of the store, when there are several. */
  readonly connection?: string | undefined
}

/**
 * Runs what is decorated with `@ClusterCron`, `@OnLeader` and `@QueueWorker`, and lets the application inject queues and
 * leaders. Import it once in the root module, beside `WaypostModule.forRoot({ isGlobal: true })`.
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common'
 *
 * @Module({
 *   imports: [WaypostModule.forRoot({ isGlobal: true }), WaypostCoordinationModule.forRoot({ queues: ['mails'] })],
 * })
 * class AppModule {}
 * ```
 */
export class WaypostCoordinationModule {
  static forRoot(options: CoordinationModuleOptions = {}): DynamicModule {
    const { queues = [], leaders = [], group = 'default', drainTimeoutMs = 30_000, connection } = options
    const store = waypostToken(connection)
    const injected: Provider[] = [
      ...queues.map((queue): Provider => {
        const { name, ...queueOptions } = typeof queue === 'string' ? { name: queue } : queue
        return {
          provide: queueToken(name),
          useFactory: ({ coordination }: Waypost) => coordination.queue(name, queueOptions),
          inject: [store],
        }
      }),
      ...leaders.map(
        (name): Provider => ({
          provide: leaderToken(name),
          useFactory: (coordinator: Coordinator) => coordinator.leader(name),
          inject: [Coordinator],
        }),
      ),
    ]
    return {
      module: WaypostCoordinationModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        {
          provide: Coordinator,
          useFactory: (discovery: DiscoveryService, moduleRef: ModuleRef, waypost: Waypost) =>
            new Coordinator({ discovery, moduleRef, waypost, connection, group, drainTimeoutMs }),
          inject: [DiscoveryService, ModuleRef, store],
        },
        {
          provide: CoordinationHealth,
          useFactory: (coordinator: Coordinator, waypost: Waypost) => new CoordinationHealth(coordinator, waypost),
          inject: [Coordinator, store],
        },
        ...injected,
      ],
      exports: [
        CoordinationHealth,
        ...injected.map((provider) => ('provide' in provider ? provider.provide : provider)),
      ],
    }
  }
}

Module({})(WaypostCoordinationModule)
