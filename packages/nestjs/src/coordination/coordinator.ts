import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common'
import { DiscoveryService, MetadataScanner, type ModuleRef } from '@nestjs/core'
import type { Job, JobContext, Leadership, QueueWorker, ScheduledRun, Schedules, Waypost } from 'waypost'
import { LeaderView } from './leader-view.ts'
import { type ClusterCronOptions, type DecoratedMethod, methodMetadataKey } from './metadata.ts'
import { listInSchedulerRegistry } from './scheduler-registry.ts'

type Call = (...args: readonly unknown[]) => unknown

/** What the coordinator is made of. */
interface CoordinatorParts {
  readonly discovery: DiscoveryService
  readonly moduleRef: ModuleRef
  readonly waypost: Waypost
  readonly connection: string | undefined
  /** The group of the schedules: the application. */
  readonly group: string
  readonly drainTimeoutMs: number
}

/**
 * Runs the decorated methods: crons, leaders and workers. They begin when the application has started. When it ends they
 * stop after the server has been drained, and before the store is closed.
 */
export class Coordinator implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #parts: CoordinatorParts
  readonly #logger = new Logger('WaypostCoordination')
  readonly #scanner = new MetadataScanner()
  readonly #leaders = new Map<string, LeaderView>()
  readonly #workers: QueueWorker<unknown, unknown>[] = []
  readonly #leading: Promise<void>[] = []
  readonly #stopping = new AbortController()

  constructor(parts: CoordinatorParts) {
    this.#parts = parts
  }

  get schedules(): Schedules {
    return this.#parts.waypost.coordination.schedulesOf(this.#parts.group)
  }

  get workers(): readonly QueueWorker<unknown, unknown>[] {
    return this.#workers
  }

  get leaders(): ReadonlyMap<string, LeaderView> {
    return this.#leaders
  }

  leader(name: string): LeaderView {
    let view = this.#leaders.get(name)
    if (view === undefined) {
      view = new LeaderView(this.#parts.waypost.coordination, name)
      this.#leaders.set(name, view)
    }
    return view
  }

  async onApplicationBootstrap(): Promise<void> {
    const { discovery } = this.#parts
    for (const { instance } of [...discovery.getProviders(), ...discovery.getControllers()]) {
      if (!(instance instanceof Object)) continue
      for (const name of this.#scanner.getAllMethodNames(Object.getPrototypeOf(instance))) {
        const method: unknown = Reflect.get(instance, name)
        if (typeof method !== 'function') continue
        const metadata: DecoratedMethod | undefined = Reflect.getMetadata(methodMetadataKey, method)
        if (metadata === undefined || metadata.options.connection !== this.#parts.connection) continue
        const call: Call = (...args) => Reflect.apply(method, instance, args)
        await this.#begin(metadata, call, `${instance.constructor.name}.${name}`)
      }
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort()
    const timeoutMs = this.#parts.drainTimeoutMs
    await Promise.all([
      this.schedules.close(),
      ...this.#workers.map((worker) => worker.drain({ timeoutMs })),
      ...this.#leading,
    ])
  }

  async #begin(method: DecoratedMethod, call: Call, where: string): Promise<void> {
    if (method.kind === 'cron') await this.#cron(method.cron, method.options, call, where)
    else if (method.kind === 'leader') this.#leading.push(this.#lead(method.name, method.options.value, call, where))
    else {
      const { connection: _, queue: queueOptions, ...workOptions } = method.options
      const queue = this.#parts.waypost.coordination.queue(method.name, queueOptions)
      const worker = queue.work((job: Job<unknown>, context: JobContext) => call(job, context), workOptions)
      worker.onEvent(({ type, id, error }) => {
        if (type === 'dead' || type === 'lost' || type === 'problem')
          this.#logger.warn(`${where}: ${type} ${id ?? ''} ${error ?? ''}`)
      })
      this.#workers.push(worker)
    }
  }

  async #cron(cron: string, options: ClusterCronOptions, call: Call, where: string): Promise<void> {
    const { connection: _, name = where, ...rest } = options
    this.schedules.onEvent(({ type, error, process, skewMs }) => {
      if (type === 'problem') this.#logger.warn(`${name}: ${error}`)
      if (type === 'skew') this.#logger.warn(`The clock of ${process} is off by ${skewMs} ms.`)
    })
    await this.schedules.run(name, { ...rest, cron }, (run: ScheduledRun) => call(run))
    await listInSchedulerRegistry(this.#parts.moduleRef, this.schedules, name, cron)
  }

  /** Never rejects. */
  async #lead(name: string, value: string | undefined, call: Call, where: string): Promise<void> {
    const view = this.leader(name)
    const { signal } = this.#stopping
    const lead = async (leadership: Leadership): Promise<void> => {
      view.current = leadership
      try {
        await call(leadership)
        // It goes on leading, so that `isLeading` stays true, until it is stopped or the lead is lost.
        if (!leadership.signal.aborted) {
          await new Promise<void>((resolve) =>
            leadership.signal.addEventListener('abort', () => resolve(), { once: true }),
          )
        }
      } finally {
        view.current = undefined
      }
    }
    while (!signal.aborted) {
      try {
        await this.#parts.waypost.coordination.lead(name, lead, { value, signal })
      } catch (error) {
        if (signal.aborted) return
        this.#logger.error(`${where}: ${error}`)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 1_000)
          signal.addEventListener('abort', () => {
            clearTimeout(timer)
            resolve()
          })
        })
      }
    }
  }
}
