import { type Cache, createRevision, del, type KeyValue, put } from '@waypost/client'
import { Backoff, type Clock, delay, onAbort, type Timer, WaypostError } from '@waypost/core'
import type { Parts } from '../shared/settings.ts'
import type { Finisher } from './finish-job.ts'
import { groupNames, repairGroup } from './group-steps.ts'
import { readDelayed } from './job-order.ts'
import type { QueueKeys } from './queue-keys.ts'
import type { QueueSettings } from './queue-options.ts'
import { isClaimRecord, readRecord } from './records.ts'

/** How many delayed jobs are put into the line in one request. */
const promotedAtOnce = 40

export interface KeeperParts {
  readonly parts: Parts
  readonly keys: QueueKeys
  readonly settings: QueueSettings
  readonly finisher: Finisher
}

/**
 * What one process does for the whole queue while it leads it: gives the jobs of workers that are gone to others, and
 * puts delayed jobs into the line when they are due. Every step is guarded by itself, so that two keepers do no harm.
 */
export class Keeper {
  readonly #parts: Parts
  readonly #keys: QueueKeys
  readonly #settings: QueueSettings
  readonly #finisher: Finisher

  constructor({ parts, keys, settings, finisher }: KeeperParts) {
    this.#parts = parts
    this.#keys = keys
    this.#settings = settings
    this.#finisher = finisher
  }

  /** Runs until the signal fires. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#again(signal, () => this.#repairGroups()),
      this.#again(signal, () => this.#followWorkers(signal)),
      this.#again(signal, () => this.#promote(signal)),
    ])
  }

  get #clock(): Clock {
    return this.#parts.clock
  }

  /** Repeats `work` when it fails; once it returns, that is all. */
  async #again(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    const backoff = new Backoff({ maxMs: 5_000 })
    while (!signal.aborted) {
      try {
        await work()
        return
      } catch (error) {
        if (WaypostError.is(error, 'closed')) return
        await delay(backoff.nextMs(), { clock: this.#clock, signal, ref: false }).catch(() => undefined)
      }
    }
  }

  async #repairGroups(): Promise<void> {
    const { etcd } = this.#parts
    for await (const group of groupNames(etcd, this.#keys)) {
      await repairGroup(etcd, this.#keys, group, this.#clock.epochMs())
    }
  }

  async #followWorkers(signal: AbortSignal): Promise<void> {
    await using workers = this.#parts.etcd.cache({ prefix: this.#keys.workers })
    await workers.ready
    let isPending = true
    let wake: () => void = () => {}
    const releases = [
      workers.onChange(({ changes }) => {
        if (!changes.some(({ type }) => type === 'removed')) return
        isPending = true
        wake()
      }),
      onAbort(signal, () => wake()),
    ]
    try {
      while (!signal.aborted) {
        if (!isPending) {
          await new Promise<void>((resolve) => {
            wake = resolve
            if (isPending || signal.aborted) resolve()
          })
          continue
        }
        isPending = false
        await this.#returnLost(workers)
      }
    } finally {
      for (const release of releases) release()
    }
  }

  /** Gives the jobs of workers that are gone to others. */
  async #returnLost(workers: Cache): Promise<void> {
    const { kvs } = await this.#parts.etcd.kv.range({ prefix: this.#keys.claims })
    await Promise.all(kvs.map((kv) => this.#returnIfLost(kv, workers)))
  }

  async #returnIfLost(kv: KeyValue, workers: Cache): Promise<void> {
    const claim = readRecord(kv.text(), isClaimRecord)
    if (claim === undefined || workers.has(this.#keys.workers + claim.worker)) return
    const id = kv.key.slice(this.#keys.claims.length)
    const { attempt, group } = claim
    const stalls = claim.stalls + 1
    const error = `The worker ${claim.worker} was lost while it ran the job.`
    // It may have come since the view was taken.
    const also = createRevision(this.#keys.workers + claim.worker).equals(0)
    const ending = { id, token: kv.createRevision, claim, also }
    if (stalls > this.#settings.maxStalls) await this.#finisher.finish(ending, { kind: 'dead', error })
    // An attempt that was cut off is not the job's fault.
    else
      await this.#finisher.finish(ending, {
        kind: 'again',
        state: { attempt: attempt - 1, stalls, group, error },
        delayMs: 0,
      })
  }

  /** Puts delayed jobs into the line when they are due, until the signal fires. */
  async #promote(signal: AbortSignal): Promise<void> {
    const { etcd } = this.#parts
    const prefix = this.#keys.delayed
    let nextMs = Number.POSITIVE_INFINITY
    let wake: () => void = () => {}
    await using watch = etcd.watch({ prefix }, { filters: ['noDelete'] })
    await watch.started
    const close = onAbort(signal, () => {
      wake()
      void watch.close()
    })
    let failure: unknown
    const following = (async () => {
      for await (const { events } of watch) {
        for (const { key } of events) {
          const dueMs = readDelayed(key.slice(prefix.length))?.dueMs
          if (dueMs !== undefined && dueMs < nextMs) nextMs = dueMs
        }
        wake()
      }
    })().catch((error: unknown) => {
      failure = error
      wake()
    })
    nextMs = 0
    try {
      while (!signal.aborted) {
        if (failure !== undefined) throw failure
        const nowMs = this.#clock.epochMs()
        if (nextMs <= nowMs) {
          nextMs = Number.POSITIVE_INFINITY
          const soonest = await this.#promoteDue(nowMs)
          if (soonest < nextMs) nextMs = soonest
          continue
        }
        await new Promise<void>((resolve) => {
          const timer: Timer | undefined = Number.isFinite(nextMs)
            ? this.#clock.after(Math.min(nextMs - nowMs, 60_000), () => wake(), { ref: false })
            : undefined
          wake = () => {
            timer?.cancel()
            wake = () => {}
            resolve()
          }
        })
      }
    } finally {
      close()
      await watch.close()
      await following
    }
  }

  /** Returns when the next ones are due. */
  async #promoteDue(nowMs: number): Promise<number> {
    const { etcd } = this.#parts
    for (;;) {
      const { kvs, more } = await etcd.kv.range({ prefix: this.#keys.delayed }, { limit: promotedAtOnce })
      const due: KeyValue[] = []
      let nextMs = Number.POSITIVE_INFINITY
      for (const kv of kvs) {
        const { dueMs, order } = readDelayed(kv.key.slice(this.#keys.delayed.length)) ?? {}
        if (dueMs === undefined || order === undefined) continue
        if (dueMs <= nowMs) due.push(kv)
        else {
          nextMs = dueMs
          break
        }
      }
      if (due.length > 0) await this.#enterLine(due)
      if (due.length < kvs.length || !more || due.length === 0) return nextMs
    }
  }

  async #enterLine(due: readonly KeyValue[]): Promise<void> {
    const { etcd } = this.#parts
    const steps = due.map((kv) => {
      const order = readDelayed(kv.key.slice(this.#keys.delayed.length))?.order ?? ''
      return etcd
        .txn()
        .if(createRevision(kv.key).equals(kv.createRevision))
        .do(del(kv.key), put(this.#keys.waiting + order, kv.bytes))
        .asOperation()
    })
    await etcd
      .txn()
      .do(...steps)
      .commit()
  }
}
