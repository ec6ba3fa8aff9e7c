import { setTimeout as sleep } from 'node:timers/promises'
import type { EtcdClient, Watch } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import type { Change } from '../crash/operation.ts'
import { prefix } from './keys.ts'
import { Pulse } from './pulse.ts'

export interface WatchObserverOptions {
  /** Takes its time with every batch, and lets few wait. */
  readonly slow?: boolean
}

/** What a watch tells, from its first revision on, and when. */
export class WatchObserver {
  readonly name: string
  readonly pulse = new Pulse()
  /** What was told since the last `take`. */
  told: Change[] = []
  /** When each key was said to be deleted. */
  readonly deletedAtMs = new Map<string, number>()
  /** Revisions that the store no longer had when the watch came to them, as first and last. */
  readonly gaps: { readonly from: bigint; readonly to: bigint }[] = []
  readonly complaints: string[] = []
  readonly #client: EtcdClient
  readonly #slow: boolean
  #watch: Watch | undefined
  #next: bigint
  #closed = false

  constructor(name: string, client: EtcdClient, startRevision: bigint, { slow = false }: WatchObserverOptions = {}) {
    this.name = name
    this.#client = client
    this.#next = startRevision
    this.#slow = slow
  }

  /** The first revision that it has not been told. */
  get next(): bigint {
    return this.#next
  }

  /** Watches until `close`. */
  async run(): Promise<void> {
    while (!this.#closed) {
      this.#watch = this.#client.watch(
        { prefix },
        { startRevision: this.#next, queueLimit: this.#slow ? 60 : undefined },
      )
      try {
        await this.#follow(this.#watch)
        return
      } catch (error) {
        const { details } = WaypostError.is(error, 'compacted') ? error : {}
        const to = details?.compactRevision
        if (typeof to === 'bigint') {
          this.gaps.push({ from: this.#next, to })
          this.#next = to + 1n
        } else {
          this.complaints.push(`${this.name} ended with ${error}`)
          return
        }
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#watch?.close()
  }

  async #follow(watch: Watch): Promise<void> {
    for await (const { revision, events } of watch) {
      this.pulse.beat()
      for (const { type, key } of events) if (type === 'delete') this.deletedAtMs.set(key, performance.now())
      this.told.push({
        revision,
        effects: events.map(({ type, key, kv }) => ({ key, value: type === 'delete' ? undefined : kv.text() })),
      })
      this.#next = revision + 1n
      if (this.#slow && this.told.length % 40 === 0) await sleep(60)
    }
  }
}
