import type { ModuleRef } from '@nestjs/core'
import type { Schedules } from 'waypost'

/** What of `@nestjs/schedule` is used where an application has it. */
interface SchedulerRegistry {
  addCronJob(name: string, job: object): void
}

/** What `SchedulerRegistry` and its users call of a cron job. */
class ListedCron {
  readonly #schedules: Schedules
  readonly #name: string
  /** The pattern, as jobs of `cron` have it. */
  readonly cronTime: { readonly source: string }

  constructor(schedules: Schedules, name: string, pattern: string) {
    this.#schedules = schedules
    this.#name = name
    this.cronTime = { source: pattern }
  }

  /** Whether this instance takes part: it runs in whichever instance leads. */
  get isActive(): boolean {
    return this.#schedules.isLeading
  }

  /** When it runs next. */
  async nextDate(): Promise<Date | undefined> {
    return (await this.#schedules.next(this.#name, { count: 1 }))[0]
  }

  /** When it ran last. */
  async lastDate(): Promise<Date | undefined> {
    return (await this.#schedules.history(this.#name, { limit: 1 }))[0]?.plannedAt
  }

  /** Runs it now, in whichever instance leads. */
  async fireOnTick(): Promise<void> {
    await this.#schedules.trigger(this.#name)
  }

  /** Begins and ends with the application. */
  start(): void {}
  stop(): void {}
}

/** Lists a cron in the registry of `@nestjs/schedule`, where the application has that module. */
export async function listInSchedulerRegistry(
  moduleRef: ModuleRef,
  schedules: Schedules,
  name: string,
  pattern: string,
): Promise<void> {
  const registry = await findRegistry(moduleRef)
  registry?.addCronJob(name, new ListedCron(schedules, name, pattern))
}

/** Undefined: the application does without `@nestjs/schedule`. */
async function findRegistry(moduleRef: ModuleRef): Promise<SchedulerRegistry | undefined> {
  try {
    // Not resolved when this is compiled: it need not be there.
    const packageName = '@nestjs/schedule'
    const module: unknown = await import(packageName)
    const token: unknown =
      module instanceof Object || typeof module === 'object'
        ? Reflect.get(module ?? {}, 'SchedulerRegistry')
        : undefined
    if (typeof token !== 'function') return undefined
    const found: unknown = moduleRef.get(token, { strict: false })
    return isRegistry(found) ? found : undefined
  } catch {
    return undefined
  }
}

function isRegistry(value: unknown): value is SchedulerRegistry {
  return value instanceof Object && 'addCronJob' in value && typeof value.addCronJob === 'function'
}
