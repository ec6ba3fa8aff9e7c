import type { Cache, KeyValue, Watch } from '@waypost/client'
import { Backoff, delay, onAbort, throwIfAborted, WaypostError } from '@waypost/core'
import type { Parts } from '../shared/settings.ts'
import { type Candidate, readCandidate, type Waiting, WaitingList } from './candidates.ts'
import { jobIdOf } from './job-order.ts'
import type { QueueKeys } from './queue-keys.ts'

/** How many waiting jobs are looked at in one request: a number for each worker, within these bounds. */
const pagePerWorker = 64
const minPage = 128
const maxPage = 1_024
/** More than this are not followed one by one: there is work enough, and pages are cheaper. */
const maxFollowed = 1_024
/** Each worker further from the preferred one waits so much longer before it claims a job, at least. */
const minStepMs = 10
/** Until this worker has claimed something, and knows how long that takes. */
const firstStepMs = 50
const maxStepMs = 1_000
/** In times that a claim takes: the preferred worker may be claiming others, and has to be heard of. */
const stepClaims = 3
/** From here on workers wait for a random time, so that not all of them try at once. */
const maxSteps = 10
/** The time at which a worker may claim the jobs whose ids point to it. */
const ownAtMs = 0
/** How much the last claim counts in the mean. */
const claimWeight = 0.2

/**
 * Finds waiting jobs for one worker. Each job is claimed first by the worker that its id points to; the others follow
 * one after the other, in case that one has no room, each after the time in which a claim would have been heard of. So
 * hundreds of workers do not all try the same job. With a backlog the worker reads pages and takes its own part of
 * them; with none it follows the line.
 */
export class WorkFeed {
  readonly #parts: Parts
  readonly #keys: QueueKeys
  readonly #ownKey: string
  readonly #workers: Cache
  readonly #stopRanking: () => void
  readonly #line = new WaitingList()
  /** With a backlog: when those of the last page may be claimed that were not to be claimed yet, by key. */
  readonly #later = new Map<string, number>()
  #rank = 0
  #count = 1
  #stepMs = firstStepMs
  #claimMs: number | undefined
  readonly #patience = new Backoff({ initialMs: 50, maxMs: maxStepMs })
  #patientUntilMs = 0
  #isFollowing = false
  #watch: Watch | undefined
  /** Called when there may be something to take. */
  #wake: () => void = () => {}
  /** When it is called without that. */
  #wakeAtMs = Number.POSITIVE_INFINITY

  /** @param workers every worker of the queue, live */
  constructor(parts: Parts, keys: QueueKeys, workers: Cache, ownKey: string) {
    this.#parts = parts
    this.#keys = keys
    this.#workers = workers
    this.#ownKey = ownKey
    this.#stopRanking = workers.onChange(() => this.#findRank())
    this.#findRank()
  }

  /** Up to `count` jobs to be claimed, as soon as there is one. Fails with `aborted`. */
  async take(count: number, signal: AbortSignal): Promise<readonly Candidate[]> {
    const backoff = new Backoff({ maxMs: 2_000 })
    let isRead = false
    for (;;) {
      throwIfAborted(signal)
      const untilMs = this.#nowMs < this.#patientUntilMs ? ownAtMs : this.#nowMs
      const taken = this.#line.take(count, untilMs).flatMap((waiting) => readCandidate(waiting) ?? [])
      if (taken.length > 0) return taken
      try {
        // What a page has for others only is theirs first.
        if (this.#isFollowing || isRead) await this.#more(signal)
        isRead = !this.#isFollowing
        if (isRead) await this.#read(signal)
        backoff.reset()
      } catch (error) {
        throwIfAborted(signal)
        if (!WaypostError.is(error) || !error.retryable) throw error
        await delay(backoff.nextMs(), { clock: this.#parts.clock, signal })
      }
    }
  }

  /**
   * Tells how a claim went. The longer it took, the longer others are waited for; and who comes too late has an old
   * view of the line, and leaves what is others' to them for a while.
   */
  claimed(tookMs: number, isAllWon: boolean): void {
    const claimMs = this.#claimMs === undefined ? tookMs : this.#claimMs + (tookMs - this.#claimMs) * claimWeight
    this.#claimMs = claimMs
    this.#stepMs = Math.min(Math.max(claimMs * stepClaims, minStepMs), maxStepMs)
    if (isAllWon) this.#patience.reset()
    else this.#patientUntilMs = this.#nowMs + this.#patience.nextMs()
  }

  /** Takes candidates back that were not claimed. */
  giveBack(candidates: readonly Candidate[]): void {
    for (const candidate of candidates) this.#line.add(candidate)
  }

  close(): void {
    this.#stopRanking()
    this.#stopFollowing()
  }

  get #nowMs(): number {
    return this.#parts.clock.monotonicMs()
  }

  /** Where this worker is among all, and how many there are. */
  #findRank(): void {
    let count = 0
    for (const key of this.#workers.keys()) {
      if (key === this.#ownKey) this.#rank = count
      count += 1
    }
    this.#count = Math.max(1, count)
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { waiting } = this.#keys
    const limit = Math.min(Math.max(this.#count * pagePerWorker, minPage), maxPage)
    const { kvs, more, revision } = await this.#parts.etcd.kv.range({ prefix: waiting }, { limit, signal })
    const page = kvs.flatMap((kv) => this.#waiting(kv, this.#later.get(kv.key)) ?? [])
    this.#later.clear()
    if (!more) {
      this.#line.replace(page)
      this.#follow(revision + 1n)
      return
    }
    // Of those that others have meanwhile this worker does not hear: it takes only what it may take now.
    const nowMs = this.#nowMs
    this.#line.replace(page.filter(({ claimAtMs }) => claimAtMs <= nowMs))
    for (const { kv, claimAtMs } of page) if (claimAtMs > nowMs) this.#later.set(kv.key, claimAtMs)
  }

  #waiting(kv: KeyValue, claimAtMs?: number): Waiting | undefined {
    const order = kv.key.slice(this.#keys.waiting.length)
    const id = jobIdOf(order)
    return id === undefined ? undefined : { kv, order, id, claimAtMs: claimAtMs ?? this.#claimAtMs(id) }
  }

  #follow(startRevision: bigint): void {
    this.#isFollowing = true
    const watch = this.#parts.etcd.watch({ prefix: this.#keys.waiting }, { startRevision })
    this.#watch = watch
    void this.#followWatch(watch)
  }

  /** Never rejects. */
  async #followWatch(watch: Watch): Promise<void> {
    try {
      for await (const { events } of watch) {
        let soonestMs = Number.POSITIVE_INFINITY
        for (const { type, key, kv } of events) {
          const waiting = type === 'delete' ? undefined : this.#waiting(kv)
          if (waiting === undefined) this.#line.remove(key)
          else {
            this.#line.add(waiting)
            soonestMs = Math.min(soonestMs, waiting.claimAtMs)
          }
        }
        if (this.#line.size > maxFollowed) break
        if (soonestMs < this.#wakeAtMs) this.#wake()
      }
    } catch {
      // Compacted, replaced or refused: the line is read again.
    }
    if (this.#watch === watch) this.#stopFollowing()
  }

  #stopFollowing(): void {
    this.#isFollowing = false
    void this.#watch?.close()
    this.#watch = undefined
    for (const { kv, claimAtMs } of this.#line.replace([])) this.#later.set(kv.key, claimAtMs)
    this.#wake()
  }

  /** When this worker is to try for a job that it sees for the first time. */
  #claimAtMs(id: string): number {
    const count = this.#count
    const distance = (this.#rank - (hash(id) % count) + count) % count
    if (distance === 0) return ownAtMs
    const steps = distance < maxSteps ? distance : maxSteps * (1 + Math.random())
    return this.#nowMs + steps * this.#stepMs
  }

  /** When the first one may be claimed, of those that are known. */
  get #nextAtMs(): number | undefined {
    if (this.#isFollowing) return this.#line.nextAtMs
    let next: number | undefined
    for (const atMs of this.#later.values()) if (next === undefined || atMs < next) next = atMs
    return next ?? this.#nowMs + minStepMs
  }

  /** Resolves when there may be something to take. */
  #more(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts
    return new Promise((resolve) => {
      const knownAtMs = this.#nextAtMs
      const nextAtMs = knownAtMs === undefined ? undefined : Math.max(knownAtMs, this.#patientUntilMs)
      this.#wakeAtMs = nextAtMs ?? Number.POSITIVE_INFINITY
      // A process that stood still hears first what others have claimed meanwhile.
      const due = (): void => void setImmediate(done)
      const timer = nextAtMs === undefined ? undefined : clock.after(nextAtMs - clock.monotonicMs(), due)
      const release = onAbort(signal, () => done())
      const done = (): void => {
        timer?.cancel()
        release()
        this.#wake = () => {}
        resolve()
      }
      this.#wake = done
      if (signal.aborted) done()
    })
  }
}

/** FNV-1a over UTF-16 code units. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  return value >>> 0
}
