import { type Condition, type EtcdClient, modRevision, put } from '@waypost/client'
import { anySignal, Backoff, type Clock, delay, WaypostError } from '@waypost/core'
import { readFields, textIn } from '../timeline/concerns/concern.ts'
import { compareIds, type TimelineEvent } from '../timeline/event.ts'
import { matcherOf } from '../timeline/filter.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { TimelineFeed } from '../timeline/timeline-feed.ts'
import type { Delivery } from './delivery.ts'
import { formats } from './formats/formats.ts'
import type { Attempt, WebhookSender } from './send.ts'
import type { Webhook } from './webhook.ts'
import { cursorKey, deliveriesPrefix, deliveryKey } from './webhook-keys.ts'

export interface HookWorkerParts {
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly timeline: Timeline
  readonly feed: TimelineFeed
  readonly sender: WebhookSender
  /** Holds while this process is the one that sends. */
  readonly isLeading: Condition
  readonly retry: RetryLimits
}

/** When to give up. */
export interface RetryLimits {
  /** How long after its event a delivery is tried, in milliseconds. */
  readonly maxAgeMs: number
  /** How often a delivery is tried that the receiver refuses for good, such as with status 404. */
  readonly maxRefusals: number
  readonly initialMs: number
  readonly maxMs: number
}

export const defaultRetryLimits: RetryLimits = {
  maxAgeMs: 24 * 3_600_000,
  maxRefusals: 5,
  initialMs: 1_000,
  maxMs: 300_000,
}

/** What was delivered is written down also while the hub stops: otherwise it would be delivered again. */
const commitTimeoutMs = 5_000

const keptAttempts = 10
const keptDeliveries = 100
/** How often it is written how far the timeline was looked through, when nothing was to be sent. */
const idleCursorMs = 60_000

/**
 * Sends the events of one webhook, in their order. The timeline is the queue: a cursor says how far it is dealt with,
 * and moves in one transaction with the record of what was delivered. So everything is sent at least once, whoever
 * dies, and a receiver that is away for hours costs no memory.
 */
export class HookWorker {
  readonly #parts: HookWorkerParts
  readonly #webhook: Webhook
  readonly #signal: AbortSignal
  #cursor = '0.0'
  #cursorRevision = 0n
  #cursorWrittenMs = 0
  #sent = 0

  constructor(parts: HookWorkerParts, webhook: Webhook, signal: AbortSignal) {
    this.#parts = parts
    this.#webhook = webhook
    this.#signal = signal
  }

  /** Until the signal fires, or with an error: then the cursor is read again. */
  async run(): Promise<void> {
    const { kinds, service, path } = this.#webhook
    const matcher = matcherOf({ kinds, service, path })
    let wake: (() => void) | undefined
    let isNews = true
    const { started, stop } = this.#parts.feed.follow(({ events }) => {
      if (!events.some((event) => matcher.matches(event))) return
      isNews = true
      wake?.()
    })
    try {
      await started
      await this.#readCursor()
      while (!this.#signal.aborted) {
        isNews = false
        if (await this.#sendNext()) continue
        if (!isNews)
          await this.#pause(idleCursorMs, (resume) => {
            wake = resume
          })
        wake = undefined
      }
    } finally {
      stop()
    }
  }

  /** False: there is nothing to send at present. */
  async #sendNext(): Promise<boolean> {
    const { service, path, kinds, format } = this.#webhook
    const { maxEvents, minIntervalMs } = formats[format]
    const place = { order: 'oldest', limit: 1_000, cursor: this.#cursor, signal: this.#signal } as const
    const page = await this.#parts.timeline.list({ service, path, kinds, ...place })
    for (let from = 0; from < page.events.length; from += maxEvents) {
      const events = page.events.slice(from, from + maxEvents)
      const [first] = events
      if (first !== undefined) await this.#deliver(first, events)
      await this.#pause(minIntervalMs)
    }
    if (page.events.length > 0) return true
    if (page.lookedUpTo !== undefined) await this.#passBy(page.lookedUpTo)
    return page.next !== undefined
  }

  async #deliver(first: TimelineEvent, events: readonly TimelineEvent[]): Promise<void> {
    const { clock, sender, retry } = this.#parts
    const lastId = events.at(-1)?.id ?? first.id
    const id = `${this.#webhook.id}.${first.id}`
    const backoff = new Backoff({ initialMs: retry.initialMs, maxMs: retry.maxMs })
    const attempts: Attempt[] = []
    for (let tries = 1; ; tries++) {
      const epochMs = clock.epochMs()
      const attempt = await sender.send({ id, epochMs, webhook: this.#webhook, events }, this.#signal)
      attempts.push(attempt)
      const record = {
        id,
        firstId: first.id,
        lastId,
        events: events.length,
        tries,
        attempts: attempts.slice(-keptAttempts),
      }
      if (attempt.error === undefined) return this.#finish({ ...record, state: 'delivered' })
      const isTooOld = epochMs - Date.parse(first.at) > retry.maxAgeMs
      const isRefused = attempt.isFinal === true && tries >= retry.maxRefusals
      if (isTooOld || isRefused) return this.#finish({ ...record, state: 'failed' })
      const waitMs = Math.max(backoff.nextMs(), Math.min(attempt.retryAfterMs ?? 0, 3_600_000))
      await this.#keep({ ...record, state: 'retrying', nextAt: new Date(epochMs + waitMs).toISOString() }, undefined)
      await this.#pause(waitMs)
    }
  }

  async #finish(delivery: Delivery): Promise<void> {
    await this.#keep(delivery, delivery.lastId)
    this.#sent += 1
    if (this.#sent % 20 === 0) await this.#prune()
  }

  /** Nothing up to here is to be sent. */
  async #passBy(lookedUpTo: string): Promise<void> {
    if (compareIds(lookedUpTo, this.#cursor) <= 0) return
    this.#cursor = lookedUpTo
    if (this.#parts.clock.monotonicMs() - this.#cursorWrittenMs < idleCursorMs) return
    await this.#commit([], lookedUpTo)
  }

  #keep(delivery: Delivery, cursor: string | undefined): Promise<void> {
    const key = deliveryKey(this.#webhook.id, delivery.firstId)
    return this.#commit([put(key, JSON.stringify(delivery))], cursor)
  }

  async #commit(steps: readonly ReturnType<typeof put>[], cursor: string | undefined): Promise<void> {
    const key = cursorKey(this.#webhook.id)
    const moves = cursor === undefined ? [] : [put(key, JSON.stringify({ lastId: cursor }))]
    const { succeeded, revision } = await this.#parts.etcd
      .txn()
      .if(this.#parts.isLeading, modRevision(key).equals(this.#cursorRevision))
      .do(...moves, ...steps)
      .commit({ timeoutMs: commitTimeoutMs })
    if (!succeeded) throw new WaypostError('conflict', `Another process sends the webhook ${this.#webhook.id} now.`)
    if (cursor === undefined) return
    this.#cursor = cursor
    this.#cursorRevision = revision
    this.#cursorWrittenMs = this.#parts.clock.monotonicMs()
  }

  async #readCursor(): Promise<void> {
    const { etcd, timeline, clock } = this.#parts
    const stored = await etcd.kv.get(cursorKey(this.#webhook.id), { signal: this.#signal })
    this.#cursorRevision = stored?.modRevision ?? 0n
    this.#cursorWrittenMs = clock.monotonicMs()
    const known = stored && textIn(readFields(stored.bytes), 'lastId')
    if (known !== undefined && /^\d+\.\d+$/.test(known)) this.#cursor = known
    else {
      // Made before anything was recorded.
      const { oldest } = await timeline.list({ limit: 1, signal: this.#signal })
      this.#cursor = oldest?.id ?? '0.0'
    }
  }

  /** The log keeps the latest deliveries. */
  async #prune(): Promise<void> {
    const { etcd } = this.#parts
    const prefix = deliveriesPrefix(this.#webhook.id)
    const options = {
      keysOnly: true,
      limit: keptDeliveries,
      sort: { order: 'descending' },
      signal: this.#signal,
    } as const
    const { kvs, more } = await etcd.kv.range({ prefix }, options)
    const oldestKept = kvs.at(-1)
    if (more && oldestKept !== undefined) {
      await etcd.kv.delete({ from: prefix, to: oldestKept.key }, { signal: this.#signal })
    }
  }

  async #pause(waitMs: number, onWake?: (resume: () => void) => void): Promise<void> {
    const woken = new AbortController()
    onWake?.(() => woken.abort())
    const signal = anySignal([this.#signal, woken.signal])
    await delay(waitMs, { signal, clock: this.#parts.clock, ref: false }).catch(() => undefined)
  }
}
