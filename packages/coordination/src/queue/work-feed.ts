import type { Cache, Watch } from '@waypost/client'
import { Backoff, delay, onAbort, throwIfAborted, WaypostError } from '@waypost/core'
import type { Parts } from '../shared/settings.ts'
import { type Candidate, CandidateList, readCandidate } from './candidates.ts'
import type { QueueKeys } from './queue-keys.ts'

/** How many waiting jobs are looked at in one request. */
const pageSize = 128
/** More than this are not followed one by one: there is work enough, and pages are cheaper. */
const maxFollowed = 1_024
/** Each worker further from the preferred one waits so much longer before it claims a new job. */
const stepMs = 10
/** From here on workers wait for a random time, so that not all of them try at once. */
const maxSteps = 10

/**
 * Finds waiting jobs for one worker. With a backlog it reads pages, and each worker takes its own part of a page; with
 * none it follows the line, and each new job is claimed first by the worker that its id points to. So hundreds of
 * workers do not all try the same job.
 */
export class WorkFeed {
  readonly #parts: Parts
  readonly #keys: QueueKeys
  readonly #workers: Cache
  readonly #ownKey: string
  readonly #candidates = new CandidateList()
  #isFollowing = false
  #watch: Watch | undefined
  /** Called when there may be something to take. */
  #wake: () => void = () => {}

  /** @param workers every worker of the queue, live */
  constructor(parts: Parts, keys: QueueKeys, workers: Cache, ownKey: string) {
    this.#parts = parts
    this.#keys = keys
    this.#workers = workers
    this.#ownKey = ownKey
  }

  /** Up to `count` jobs to be claimed, as soon as there is one. Fails with `aborted`. */
  async take(count: number, signal: AbortSignal): Promise<readonly Candidate[]> {
    const backoff = new Backoff({ maxMs: 2_000 })
    for (;;) {
      throwIfAborted(signal)
      const { rank } = this.#rank()
      const nowMs = this.#parts.clock.monotonicMs()
      const taken = this.#candidates.take(count, nowMs, this.#isFollowing ? 0 : rank * count)
      if (taken.length > 0) return taken
      try {
        if (this.#isFollowing) await this.#more(signal)
        else await this.#read(signal)
        backoff.reset()
      } catch (error) {
        throwIfAborted(signal)
        if (!WaypostError.is(error) || !error.retryable) throw error
        await delay(backoff.nextMs(), { clock: this.#parts.clock, signal })
      }
    }
  }

  /** Takes candidates back that were not claimed. */
  giveBack(candidates: readonly Candidate[]): void {
    for (const candidate of candidates) this.#candidates.add(candidate)
  }

  close(): void {
    this.#stopFollowing()
  }

  /** Where this worker is among all, and how many there are. */
  #rank(): { readonly rank: number; readonly count: number } {
    let rank = 0
    let count = 0
    for (const key of this.#workers.keys()) {
      if (key === this.#ownKey) rank = count
      count += 1
    }
    return { rank, count: Math.max(1, count) }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { waiting } = this.#keys
    const page = await this.#parts.etcd.kv.range({ prefix: waiting }, { limit: pageSize, signal })
    this.#candidates.replace(page.kvs.flatMap((kv) => readCandidate(waiting, kv, 0) ?? []))
    if (!page.more) this.#follow(page.revision + 1n)
  }

  #follow(startRevision: bigint): void {
    this.#isFollowing = true
    const watch = this.#parts.etcd.watch({ prefix: this.#keys.waiting }, { startRevision })
    this.#watch = watch
    void this.#followWatch(watch)
  }

  /** Never rejects. */
  async #followWatch(watch: Watch): Promise<void> {
    const { waiting } = this.#keys
    try {
      for await (const { events } of watch) {
        for (const { type, key, kv } of events) {
          if (type === 'delete') this.#candidates.remove(key)
          else {
            const candidate = readCandidate(waiting, kv, 0)
            if (candidate) this.#candidates.add({ ...candidate, claimAtMs: this.#claimAtMs(candidate.id) })
          }
        }
        if (this.#candidates.size > maxFollowed) break
        this.#wake()
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
    this.#candidates.replace([])
    this.#wake()
  }

  /** When this worker is to try for a new job. */
  #claimAtMs(id: string): number {
    const { rank, count } = this.#rank()
    if (count === 1) return 0
    const distance = (rank - (hash(id) % count) + count) % count
    const waitMs = distance < maxSteps ? distance * stepMs : maxSteps * stepMs * (1 + Math.random())
    return this.#parts.clock.monotonicMs() + waitMs
  }

  /** Resolves when there may be something to take. */
  #more(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts
    return new Promise((resolve) => {
      const nextAtMs = this.#candidates.nextAtMs
      const timer = nextAtMs === undefined ? undefined : clock.after(nextAtMs - clock.monotonicMs(), () => done())
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
