import type { EtcdClient } from '@waypost/client'
import { delay } from '@waypost/core'

/** The places of a queue that limits how many jobs run at a time over all workers: the keys `slots/<number>`. */
export class Slots {
  readonly #etcd: EtcdClient
  readonly #prefix: string
  readonly #count: number

  constructor(etcd: EtcdClient, prefix: string, count: number) {
    this.#etcd = etcd
    this.#prefix = prefix
    this.#count = count
  }

  /** Up to `wanted` free places, at least one, waited for. They are free until somebody takes them. */
  async free(wanted: number, signal: AbortSignal): Promise<readonly string[]> {
    for (;;) {
      const { kvs, revision } = await this.#etcd.kv.range({ prefix: this.#prefix }, { keysOnly: true, signal })
      const taken = new Set(kvs.map(({ key }) => key))
      const free: string[] = []
      for (let number = 0; number < this.#count; number++) {
        const key = `${this.#prefix}${number}`
        if (!taken.has(key)) free.push(key)
      }
      if (free.length > 0) return shuffled(free).slice(0, wanted)
      await this.#released(revision + 1n, signal)
    }
  }

  async #released(startRevision: bigint, signal: AbortSignal): Promise<void> {
    try {
      const filters = ['noPut'] as const
      await using watch = this.#etcd.watch({ prefix: this.#prefix }, { startRevision, filters, signal })
      for await (const { events } of watch) if (events.length > 0) break
    } catch {
      // Looked at again; an abort ends that.
      await delay(100, { signal })
    }
  }
}

/** So that workers that look at the same time rarely choose the same. */
function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items]
  for (let index = result.length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1))
    const [a, b] = [result[index], result[other]]
    if (a !== undefined && b !== undefined) [result[index], result[other]] = [b, a]
  }
  return result
}
