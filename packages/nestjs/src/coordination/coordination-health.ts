import type { Waypost } from 'waypost'
import type { Coordinator } from './coordinator.ts'

export interface QueueHealthOptions {
  /** `down` when a job has waited for longer, in milliseconds. Default never. */
  readonly oldestWaitingMs?: number | undefined
  /** `down` when there are more dead letters. Default never. */
  readonly dead?: number | undefined
}

type Report = Readonly<Record<string, unknown>> & { readonly status: 'up' | 'down' }

/** Results for the checks of `@nestjs/terminus`: `health.check([() => coordination.queue('mail', { dead: 100 })])`. */
export class CoordinationHealth {
  readonly #coordinator: Coordinator
  readonly #waypost: Waypost

  /** @internal */
  constructor(coordinator: Coordinator, waypost: Waypost) {
    this.#coordinator = coordinator
    this.#waypost = waypost
  }

  /** How a queue does, and whether it is within the limits. */
  async queue(name: string, limits: QueueHealthOptions = {}): Promise<Record<string, Report>> {
    const { oldestWaitingMs = Number.POSITIVE_INFINITY, dead = Number.POSITIVE_INFINITY } = limits
    const counts = await this.#waypost.coordination.queue(name).counts()
    const isBad = counts.oldestWaitingMs > oldestWaitingMs || counts.dead > dead
    return { [`queue ${name}`]: { status: isBad ? 'down' : 'up', ...counts } }
  }

  /** Who leads an election, and whether this instance does. `down` when nobody leads. */
  async leader(name: string): Promise<Record<string, Report>> {
    const leader = await this.#waypost.coordination.leader(name)
    const isLeading = this.#coordinator.leaders.get(name)?.isLeading === true
    return { [`leader of ${name}`]: { status: leader ? 'up' : 'down', leader: leader?.value, isLeading } }
  }

  /** Who leads the crons, and how far clocks differ. `down` when nobody leads. */
  async crons(): Promise<Record<string, Report>> {
    const status = await this.#coordinator.schedules.status()
    return { crons: { status: status ? 'up' : 'down', ...status, isLeading: this.#coordinator.schedules.isLeading } }
  }
}
