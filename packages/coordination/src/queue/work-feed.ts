import type { Cache, KeyValue, Watch, WatchEvent } from '@waypost/client'
import { Backoff, delay, onAbort, throwIfAborted, WaypostError } from '@waypost/core'
import type { Parts } from '../shared/settings.ts'
import { type Candidate, readCandidate, type Waiting, WaitingList } from './candidates.ts'
import { jobIdOf, turnOf } from './job-order.ts'
import type { QueueKeys } from './queue-keys.ts'
import { readRecord } from './records.ts'

/** How many waiting jobs are looked at in one request: a number for each worker, within these bounds. */
const pagePerWorker = 64
const minPage = 128
const maxPage = 1_024
/** When more than this have been heard of that others were to claim, the line is looked at: most of them are gone. */
const maxFollowed = 1_024
/** Each worker further from the preferred one waits so much longer before it claims a job, at least. */
const minStepMs = 10
/** Until this worker has claimed something, and knows how long that takes. */
const firstStepMs = 50
const maxStepMs = 1_000
/** In times that a claim takes: the preferred worker may be claiming others. */
const stepClaims = 3
/** From here on workers wait for a random time, so that not all of them try at once. */
const maxSteps = 10
/** Between two looks at the line that found nothing, for each worker: all of them together look 40 times a second. */
const lookMsPerWorker = 25
const minLookMs = 50
const maxLookMs = 1_000
/** Which part of the room of the smallest worker is dealt to one worker, of what is added in one go. */
const chunkShare = 0.5
const maxChunk = 32
/** The time at which a worker may claim the jobs that are its own. */
const ownAtMs = 0
/** How much the last claim counts in the mean. */
const claimWeight = 0.2

/** A job that another worker is to claim first. */
interface Theirs {
  readonly claimAtMs: number
  readonly modRevision: bigint
}

/**
 * Finds waiting jobs for one worker. Each job is claimed first by the worker whose turn it is; the others follow
 * one after the other, in case that one has no room, each after the time in which it would have been claimed. So
 * hundreds of workers do not all try the same job. A worker hears of jobs that come into the line, not of those that
 * leave it: before it claims what was another's, it looks at the line. With a backlog the worker reads pages and takes
 * its own part of them.
 */
export class WorkFeed {
  readonly #parts: Parts
  readonly #keys: QueueKeys
  readonly #ownKey: string
  readonly #workers: Cache
  readonly #stopRanking: () => void
  /** Those that this worker may claim. */
  readonly #own = new WaitingList()
  /** Those that others are to claim first, by key. Others may have done so. */
  #others = new Map<string, Theirs>()
  /** How many jobs each worker runs at a time, by key. */
  readonly #rooms = new Map<string, number>()
  #rank = 0
  #count = 1
  #chunk = 1
  #stepMs = firstStepMs
  #claimMs: number | undefined
  readonly #patience = new Backoff({ initialMs: 50, maxMs: maxStepMs })
  #patientUntilMs = 0
  #lookMs = minLookMs
  #lastReadMs = Number.NEGATIVE_INFINITY
  /** When the line is to be read, unless something comes that is this worker's. */
  #readAtMs = 0
  #watch: Watch | undefined
  /** Called when there may be something to take. */
  #wake: () => void = () => {}

  /** @param workers every worker of the queue, live */
  constructor(parts: Parts, keys: QueueKeys, workers: Cache, ownKey: string) {
    this.#parts = parts
    this.#keys = keys
    this.#workers = workers
    this.#ownKey = ownKey
    for (const [key, kv] of workers) this.#rooms.set(key, roomOf(kv))
    this.#stopRanking = workers.onChange(({ changes }) => {
      for (const { key, current } of changes) {
        if (current) this.#rooms.set(key, roomOf(current))
        else this.#rooms.delete(key)
      }
      this.#findRank()
    })
    this.#findRank()
  }

  /** Up to `count` jobs to be claimed, as soon as there is one. Fails with `aborted`. */
  async take(count: number, signal: AbortSignal): Promise<readonly Candidate[]> {
    const backoff = new Backoff({ maxMs: 2_000 })
    for (;;) {
      throwIfAborted(signal)
      const taken = this.#own.take(count).flatMap((waiting) => readCandidate(waiting) ?? [])
      if (taken.length > 0) return taken
      try {
        if (this.#nowMs < this.#readAtMs) await this.#more(signal)
        else await this.#read(signal)
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
    for (const candidate of candidates) this.#own.add(candidate)
  }

  close(): void {
    this.#stopRanking()
    this.#stopFollowing()
  }

  get #nowMs(): number {
    return this.#parts.clock.monotonicMs()
  }

  /** Where this worker is among all, how many there are, and how many jobs at a time are for one of them. */
  #findRank(): void {
    let count = 0
    let room = maxChunk / chunkShare
    for (const key of this.#workers.keys()) {
      if (key === this.#ownKey) this.#rank = count
      count += 1
      room = Math.min(room, this.#rooms.get(key) ?? 1)
    }
    this.#count = Math.max(1, count)
    this.#chunk = Math.max(1, Math.floor(room * chunkShare))
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { waiting } = this.#keys
    const limit = Math.min(Math.max(this.#count * pagePerWorker, minPage), maxPage)
    const { kvs, more, revision } = await this.#parts.etcd.kv.range({ prefix: waiting }, { limit, signal })
    const nowMs = this.#nowMs
    const untilMs = nowMs < this.#patientUntilMs ? ownAtMs : nowMs
    const own: Waiting[] = []
    const others = new Map<string, Theirs>()
    let isFound = false
    for (const kv of kvs) {
      const { key, modRevision } = kv
      const order = this.#orderOf(key)
      const id = jobIdOf(order)
      if (id === undefined) continue
      const claimAtMs = this.#others.get(key)?.claimAtMs ?? this.#claimAtMs(order)
      if (claimAtMs > untilMs) others.set(key, { claimAtMs, modRevision })
      else {
        own.push({ kv, order, id })
        if (claimAtMs !== ownAtMs) isFound = true
      }
    }
    // What came into the line after it was read was heard of.
    const isNewer = (modRevision: bigint): boolean => !more && modRevision > revision
    this.#own.replace(own, ({ kv }) => isNewer(kv.modRevision))
    for (const [key, theirs] of this.#others) if (isNewer(theirs.modRevision)) others.set(key, theirs)
    this.#others = others
    this.#lastReadMs = nowMs
    const maxMs = Math.min(Math.max(this.#count * lookMsPerWorker, minLookMs), maxLookMs)
    this.#lookMs = isFound ? minLookMs : Math.min(this.#lookMs * 2, maxMs)
    if (more) this.#stopFollowing()
    else if (this.#watch === undefined) this.#follow(revision + 1n)
    // The next page, at once when this one has something; after a look, once something is due again.
    if (more) this.#readAtMs = own.length > 0 ? nowMs : Math.max(this.#soonestMs(), nowMs + minStepMs)
    else this.#readAtMs = this.#lookAtMs(this.#soonestMs())
  }

  /** When the first of those may be claimed that others are to claim first. */
  #soonestMs(): number {
    let soonestMs = Number.POSITIVE_INFINITY
    for (const { claimAtMs } of this.#others.values()) soonestMs = Math.min(soonestMs, claimAtMs)
    return soonestMs
  }

  /** When the line is looked at for a job that may be claimed at `claimAtMs`. */
  #lookAtMs(claimAtMs: number): number {
    return Math.max(claimAtMs, this.#patientUntilMs, this.#lastReadMs + this.#lookMs)
  }

  #orderOf(key: string): string {
    return key.slice(this.#keys.waiting.length)
  }

  #follow(startRevision: bigint): void {
    const options = { startRevision, filters: ['noDelete'] } as const
    const watch = this.#parts.etcd.watch({ prefix: this.#keys.waiting }, options)
    this.#watch = watch
    void this.#followWatch(watch)
  }

  /** Never rejects. */
  async #followWatch(watch: Watch): Promise<void> {
    try {
      for await (const { events } of watch) {
        if (this.#watch !== watch) return
        this.#heard(events)
      }
    } catch {
      // Compacted, replaced or refused: the line is read again.
    }
    if (this.#watch !== watch) return
    this.#stopFollowing()
    this.#readAtMs = 0
    this.#wake()
  }

  #heard(events: readonly WatchEvent[]): void {
    const readAtMs = this.#readAtMs
    let isOwn = false
    for (const { key, kv } of events) {
      const order = this.#orderOf(key)
      const id = jobIdOf(order)
      if (id === undefined) continue
      const claimAtMs = this.#claimAtMs(order)
      if (claimAtMs === ownAtMs) {
        isOwn = true
        this.#own.add({ kv, order, id })
      } else {
        this.#others.set(key, { claimAtMs, modRevision: kv.modRevision })
        this.#readAtMs = Math.min(this.#readAtMs, this.#lookAtMs(claimAtMs))
      }
    }
    if (this.#others.size > maxFollowed) this.#readAtMs = 0
    if (isOwn || this.#readAtMs < readAtMs) this.#wake()
  }

  #stopFollowing(): void {
    const watch = this.#watch
    this.#watch = undefined
    void watch?.close()
  }

  /** When this worker is to try for a job that it sees for the first time. */
  #claimAtMs(order: string): number {
    const count = this.#count
    const distance = (this.#rank - (turnOf(order, this.#chunk) % count) + count) % count
    if (distance === 0) return ownAtMs
    const steps = distance < maxSteps ? distance : maxSteps * (1 + Math.random())
    return this.#nowMs + steps * this.#stepMs
  }

  /** Resolves when there may be something to take, or the line is to be read. */
  #more(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts
    return new Promise((resolve) => {
      // A process that stood still hears first what has come meanwhile.
      const due = (): void => void setImmediate(done)
      const isTimed = Number.isFinite(this.#readAtMs)
      const timer = isTimed ? clock.after(this.#readAtMs - clock.monotonicMs(), due) : undefined
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

/** What the value of a worker's key says; 1 when it says nothing. */
function roomOf(kv: KeyValue): number {
  const record = readRecord(kv.text(), isWorkerRecord)
  return record?.concurrency ?? 1
}

function isWorkerRecord(value: object): value is { readonly concurrency: number } {
  return 'concurrency' in value && typeof value.concurrency === 'number'
}
