import { type Deferred, deferred, type Slices } from '@waypost/core'
import { EngineError } from '../engine-error.ts'
import { Compaction } from '../mvcc/compaction.ts'
import { compactionMark } from '../mvcc/compaction-mark.ts'
import type { MvccStore } from '../mvcc/store.ts'

export interface CompactorOptions {
  readonly store: MvccStore
  readonly slices: Slices
  /** Ends a step's changes, as a command's are ended. */
  readonly checkpoint: () => void
  readonly onWarning: (message: string) => void
}

/** Carries out scheduled compactions in the background, one at a time, the newest first to count. */
export class Compactor {
  readonly #options: CompactorOptions
  #running: Promise<void> | undefined
  #isClosed = false
  #waiters: { readonly revision: number; readonly done: Deferred<void> }[] = []
  /** Those who need every revision to stay where it is. */
  readonly #readers = new Set<Promise<unknown>>()
  #released: Deferred<void> | undefined

  constructor(options: CompactorOptions) {
    this.#options = options
  }

  /** Starts what is scheduled and not finished. */
  start(): void {
    if (this.#running !== undefined || this.#isClosed) return
    const { store, onWarning } = this.#options
    if (compactionMark(store.storage, 'finished') >= store.compactRevision) return
    this.#running = this.#run()
      .catch((error: unknown) => onWarning(`A compaction has stopped: ${error}`))
      .finally(() => {
        this.#running = undefined
      })
  }

  /** Resolves when the compaction at `revision` is carried out and durable. */
  done(revision: number): Promise<void> {
    if (this.#isClosed) return Promise.reject(new EngineError('stopped'))
    const done = deferred()
    this.#waiters.push({ revision, done })
    this.start()
    return done.promise
  }

  /** Runs a reader of old revisions; nothing is removed meanwhile. The reader must call `check` often, which may throw. */
  async whileHeld<R>(read: (check: () => void) => Promise<R>): Promise<R> {
    const check = (): void => {
      if (this.#isClosed) throw new EngineError('stopped')
    }
    check()
    this.#released ??= deferred()
    const reading = read(check)
    this.#readers.add(reading)
    try {
      return await reading
    } finally {
      this.#readers.delete(reading)
      if (this.#readers.size === 0) this.#release()
    }
  }

  /** As `whileHeld`, for a reader that ends by calling `release`, once. */
  hold(): { readonly check: () => void; readonly release: () => void } {
    const ended = deferred()
    let check = (): void => {}
    void this.whileHeld((given) => {
      check = given
      return ended.promise
    })
    return { check: () => check(), release: () => ended.resolve() }
  }

  /** Stops after the current step; what is left is resumed at the next start. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#release()
    await this.#running
    await Promise.allSettled(this.#readers)
    this.#settle(Number.POSITIVE_INFINITY, new EngineError('stopped'))
  }

  async #run(): Promise<void> {
    const { store, checkpoint, slices } = this.#options
    while (!this.#isClosed && compactionMark(store.storage, 'finished') < store.compactRevision) {
      const revision = store.compactRevision
      const compaction = new Compaction(store, revision)
      for (let isDone = false; !isDone; ) {
        // Deleting continues when the disk is full: it frees space.
        await store.storage.room()?.catch(() => {})
        while (this.#released !== undefined && !this.#isClosed) await this.#released.promise
        await slices.turn()
        if (this.#isClosed) return
        if (this.#released !== undefined) continue
        do isDone = compaction.step()
        while (!isDone && !slices.isOver)
        checkpoint()
      }
      try {
        await store.storage.flush()
        this.#settle(revision)
      } catch (error) {
        this.#settle(revision, new EngineError('noSpace', { cause: error }))
      }
    }
  }

  #release(): void {
    this.#released?.resolve()
    this.#released = undefined
  }

  #settle(through: number, error?: EngineError): void {
    const settled = this.#waiters.filter(({ revision }) => revision <= through)
    this.#waiters = this.#waiters.filter(({ revision }) => revision > through)
    for (const { done } of settled) {
      if (error === undefined) done.resolve()
      else done.reject(error)
    }
  }
}
