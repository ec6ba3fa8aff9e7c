import { Backoff, delay, WaypostError } from '@waypost/core'
import type { JobStatus } from '../queue/job-status.ts'
import type { Queue } from '../queue/queue.ts'
import { QueueKeys } from '../queue/queue-keys.ts'
import type { Parts } from '../shared/settings.ts'

/** Tells when jobs of a queue are done, by one watch for all of them. */
export class FinishedJobs {
  readonly #parts: Parts
  readonly #queue: Queue
  readonly #keys: QueueKeys
  readonly #waiting = new Map<string, (status: JobStatus | undefined) => void>()
  readonly #signal: AbortSignal

  /** @param signal ends it */
  constructor(parts: Parts, queue: Queue, signal: AbortSignal) {
    this.#parts = parts
    this.#queue = queue
    this.#keys = new QueueKeys(queue.name)
    this.#signal = signal
    void this.#follow()
  }

  /** Calls `onFinished` once, when the job is done, or gone. */
  wait(id: string, onFinished: (status: JobStatus | undefined) => void): void {
    this.#waiting.set(id, onFinished)
    void this.#look(id)
  }

  /** Never rejects. Goes on until the signal fires. */
  async #follow(): Promise<void> {
    const backoff = new Backoff({ maxMs: 5_000 })
    while (!this.#signal.aborted) {
      try {
        await Promise.all([
          this.#watch(this.#keys.jobs, 'noPut', () => backoff.reset()),
          this.#watch(this.#keys.dead, 'noDelete', () => {}),
        ])
      } catch (error) {
        if (this.#signal.aborted || WaypostError.is(error, 'closed')) return
        await delay(backoff.nextMs(), { clock: this.#parts.clock, signal: this.#signal }).catch(() => undefined)
      }
    }
  }

  async #watch(prefix: string, filter: 'noPut' | 'noDelete', onStarted: () => void): Promise<void> {
    await using watch = this.#parts.etcd.watch({ prefix }, { filters: [filter], signal: this.#signal })
    await watch.started
    onStarted()
    // What ended before the watch began is found by looking.
    for (const id of this.#waiting.keys()) void this.#look(id)
    for await (const { events } of watch) for (const { key } of events) void this.#look(key.slice(prefix.length))
  }

  /** Never rejects. */
  async #look(id: string): Promise<void> {
    const onFinished = this.#waiting.get(id)
    if (onFinished === undefined) return
    try {
      const status = await this.#queue.status(id, { signal: this.#signal })
      if (status !== undefined && status.state !== 'completed' && status.state !== 'dead') return
      if (this.#waiting.delete(id)) onFinished(status)
    } catch {
      if (this.#signal.aborted) return
      await delay(1_000, { clock: this.#parts.clock, signal: this.#signal }).catch(() => undefined)
      void this.#look(id)
    }
  }
}
