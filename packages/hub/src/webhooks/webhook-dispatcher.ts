import type { EtcdClient, KeyValue } from '@waypost/client'
import type { Keyring } from '@waypost/config'
import type { Coordination, Leadership } from '@waypost/coordination'
import { anySignal, Backoff, type Clock, delay } from '@waypost/core'
import type { Timeline } from '../timeline/timeline.ts'
import type { TimelineFeed } from '../timeline/timeline-feed.ts'
import { HookWorker, type RetryLimits } from './hook-worker.ts'
import type { WebhookSender } from './send.ts'
import { hooksPrefix, webhooksPrefix } from './webhook-keys.ts'
import { decodeWebhook } from './webhook-record.ts'

export interface DispatcherParts {
  readonly etcd: EtcdClient
  readonly coordination: Coordination
  readonly clock: Clock
  readonly keyring: Keyring | undefined
  readonly timeline: Timeline
  readonly feed: TimelineFeed
  readonly sender: WebhookSender
  readonly retry: RetryLimits
  readonly ttlSeconds?: number | undefined
  readonly onError: (error: unknown) => void
}

/** Sends all webhooks, one process at a time: the leader of an election. */
export class WebhookDispatcher implements AsyncDisposable {
  readonly #parts: DispatcherParts
  readonly #ended = new AbortController()
  readonly #running: Promise<void>

  constructor(parts: DispatcherParts) {
    this.#parts = parts
    this.#running = this.#run()
  }

  /** Stops, and hands the lead to the next hub. Idempotent. */
  async close(): Promise<void> {
    this.#ended.abort()
    await this.#running
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #run(): Promise<void> {
    const { coordination, clock, onError, ttlSeconds = 5 } = this.#parts
    const { signal } = this.#ended
    const backoff = new Backoff({ initialMs: 200, maxMs: 10_000 })
    while (!signal.aborted) {
      try {
        await using leadership = await coordination.elect(`${webhooksPrefix}sender`, { signal, ttlSeconds })
        await this.#lead(leadership)
        backoff.reset()
      } catch (error) {
        if (signal.aborted) return
        onError(error)
        await delay(backoff.nextMs(), { signal, clock, ref: false }).catch(() => undefined)
      }
    }
  }

  /** A worker for each webhook, and another one whenever it is changed. */
  async #lead({ condition, signal }: Leadership): Promise<void> {
    const { etcd } = this.#parts
    const workers = new Map<string, { readonly ended: AbortController; readonly running: Promise<void> }>()
    await using cache = await etcd.cache({ prefix: hooksPrefix }, { signal, timeoutMs: Number.POSITIVE_INFINITY })
    const ended = waitFor(signal)
    const set = (key: string, stored: KeyValue | undefined): void => {
      workers.get(key)?.ended.abort()
      workers.delete(key)
      if (stored === undefined) return
      const stop = new AbortController()
      const running = this.#keepRunning(stored, condition, anySignal([signal, stop.signal]))
      workers.set(key, { ended: stop, running })
    }
    await cache.ready
    cache.onChange(({ changes }) => {
      for (const { key, current } of changes) set(key, current)
    })
    for (const [key, stored] of cache) if (!workers.has(key)) set(key, stored)
    await ended
    await Promise.all([...workers.values()].map(({ running }) => running))
  }

  async #keepRunning(stored: KeyValue, isLeading: Leadership['condition'], signal: AbortSignal): Promise<void> {
    const { keyring, clock, onError } = this.#parts
    const id = stored.key.slice(hooksPrefix.length)
    const backoff = new Backoff({ initialMs: 500, maxMs: 60_000 })
    while (!signal.aborted) {
      try {
        const webhook = await decodeWebhook(id, stored.bytes, keyring)
        if (webhook.isPaused) return
        await new HookWorker({ ...this.#parts, isLeading }, webhook, signal).run()
      } catch (error) {
        if (signal.aborted) return
        onError(error)
        await delay(backoff.nextMs(), { signal, clock, ref: false }).catch(() => undefined)
      }
    }
  }
}

function waitFor(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
