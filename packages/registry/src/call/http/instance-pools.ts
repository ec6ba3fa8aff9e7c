import type { Clock } from '@waypost/core'
import type { Pool } from 'undici'
import { takesTraffic } from '../../balance/balancer.ts'
import type { ServiceView } from '../../discover/service-view.ts'
import type { Instance } from '../../record/instance.ts'
import { instanceOrigin } from '../instance-origin.ts'

export interface PoolParts {
  readonly newPool: (origin: string) => Pool
  readonly drainTimeoutMs: number
  readonly clock: Clock
}

/** The connections to one instance. */
export interface InstancePool {
  /** Such as `http://10.0.0.1:3000`. */
  readonly origin: string
  readonly pool: Pool
}

/** A connection pool per instance of one service, for as long as the instance takes traffic. */
export class InstancePools {
  readonly #parts: PoolParts
  readonly #entries = new Map<string, InstancePool>()
  readonly #retiring = new Map<Pool, Promise<void>>()
  #closed = false

  constructor(parts: PoolParts, view: ServiceView) {
    this.#parts = parts
    void this.#follow(view)
  }

  /** `undefined` after the end. */
  get(instance: Instance, protocol: string): InstancePool | undefined {
    if (this.#closed) return undefined
    const { key } = instance
    const entry = this.#entries.get(key)
    const origin = instanceOrigin(instance, protocol)
    if (entry?.origin === origin) return entry
    this.#retire(key)
    const made = { origin, pool: this.#parts.newPool(origin) }
    this.#entries.set(key, made)
    return made
  }

  /** Lets requests in flight end, within the bound. */
  async close(): Promise<void> {
    this.#closed = true
    for (const key of [...this.#entries.keys()]) this.#retire(key)
    await Promise.all(this.#retiring.values())
  }

  async destroy(error: Error | null): Promise<void> {
    const closed = this.close()
    await Promise.all([...this.#retiring.keys()].map((pool) => pool.destroy(error)))
    await closed
  }

  async #follow(view: ServiceView): Promise<void> {
    for await (const { removed, changed } of view.changes()) {
      for (const { instance } of removed) this.#retire(instance.key)
      for (const { current } of changed) if (!takesTraffic(current)) this.#retire(current.key)
    }
  }

  #retire(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#retiring.set(
      entry.pool,
      this.#end(entry.pool).finally(() => this.#retiring.delete(entry.pool)),
    )
  }

  async #end(pool: Pool): Promise<void> {
    const { clock, drainTimeoutMs } = this.#parts
    const timer = clock.after(drainTimeoutMs, () => void pool.destroy().catch(() => {}), { ref: false })
    try {
      await pool.close()
    } catch {
      // It was destroyed, which is an end as well.
    } finally {
      timer.cancel()
    }
  }
}
