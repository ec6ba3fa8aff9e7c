import { type Clock, deferred, messageOf, type Slices, type Timer, WaypostError } from '@waypost/core'
import type { EtcdLogger } from '../telemetry/logger.ts'
import type { NextView } from './next-view.ts'
import { readSnapshotFile, removeLeftovers, writeSnapshotFile } from './snapshot-file.ts'
import type { CacheSnapshot, SnapshotOrigin, SnapshotScope } from './snapshot-format.ts'

export interface SnapshotKeeperOptions {
  readonly file: string
  readonly scope: SnapshotScope
  /** How long the store has for its first answer before the file is used. */
  readonly afterMs: number
  /** The file is written at most this often. */
  readonly intervalMs: number
  /** Bounds the last write. */
  readonly closeTimeoutMs: number
  readonly clock: Clock
  readonly slices: Slices
  readonly logger: EtcdLogger | undefined
}

/** The cache whose view is kept in a file. */
export interface SnapshotOwner {
  /** What the file holds is collected here. */
  nextView(): NextView
  /** What the file held, when the store has not answered in time. */
  onRestored(view: NextView, origin: SnapshotOrigin): void
  /** The file cannot be used, or could not be written. */
  onProblem(problem: WaypostError): void
  /** What is to be written; undefined while there is nothing from the store yet. */
  capture(): CacheSnapshot | undefined
}

/** The first change after a quiet time is written this soon. */
const settleMs = 200
/** Writing takes at most about 1/n of the time, with this n. */
const idleShare = 20

/** Keeps the view of a cache in a file, and restores it at the start when the store is away. */
export class SnapshotKeeper {
  readonly #options: SnapshotKeeperOptions
  readonly #owner: SnapshotOwner
  readonly #controller = new AbortController()
  #readTimer: Timer | undefined
  #writeTimer: Timer | undefined
  #notBeforeMs = Number.NEGATIVE_INFINITY
  #isDirty = false
  /** What former processes left has been removed. */
  #isTidy = false
  /** At most one write runs. */
  #writing: Promise<void> | undefined
  /** What the file held when it was used; undefined when it was not. */
  #restored: SnapshotOrigin | undefined
  #mayRead = true
  #hasStoreView = false
  #closed = false

  constructor(options: SnapshotKeeperOptions, owner: SnapshotOwner) {
    this.#options = options
    this.#owner = owner
  }

  start(): void {
    const { afterMs, clock } = this.#options
    if (afterMs <= 0) this.#read()
    else if (afterMs < Number.POSITIVE_INFINITY) this.#readTimer = clock.after(afterMs, () => this.#read())
  }

  /** The store has refused: it is not away, and the file does not stand in for it. */
  giveUpReading(): void {
    this.#mayRead = false
    this.#readTimer?.cancel()
    this.#readTimer = undefined
  }

  /** The store has given a whole view. */
  storeAnswered(clusterId: bigint, revision: bigint): void {
    this.giveUpReading()
    this.#hasStoreView = true
    const restored = this.#restored
    this.#restored = undefined
    if (restored !== undefined && (restored.clusterId !== clusterId || restored.revision > revision)) {
      this.#report(
        new WaypostError(
          'store-replaced',
          `The store is not the one that the snapshot ${this.#options.file} is of: it is cluster ` +
            `${clusterId.toString(16)} at revision ${revision}, and the snapshot is of cluster ` +
            `${restored.clusterId.toString(16)} at revision ${restored.revision}.`,
          { details: { clusterId, revision, lastClusterId: restored.clusterId, lastRevision: restored.revision } },
        ),
      )
    }
    this.changed()
  }

  /** The view has changed: it will be written. */
  changed(): void {
    this.#isDirty = true
    this.#writeLater()
  }

  /** Writes what is not written yet, within `closeTimeoutMs`. */
  async close(): Promise<void> {
    this.#closed = true
    this.giveUpReading()
    this.#writeTimer?.cancel()
    const { clock, closeTimeoutMs } = this.#options
    const timeout = deferred()
    const timer = clock.after(closeTimeoutMs, () => {
      this.#controller.abort()
      timeout.resolve()
    })
    await Promise.race([this.#finish(), timeout.promise])
    timer.cancel()
  }

  async #finish(): Promise<void> {
    await this.#writing
    // Also when nothing has changed: the file then says until when it was known to be current.
    if (this.#hasStoreView && !this.#controller.signal.aborted) await this.#write()
  }

  #read(): void {
    this.#readTimer = undefined
    const { file, scope, slices } = this.#options
    const view = this.#owner.nextView()
    const pause = (): Promise<void> => slices.turn()
    readSnapshotFile(file, scope, (kvs) => view.add(kvs), pause).then(
      (origin) => {
        if (origin === undefined || !this.#mayRead) return
        this.#restored = origin
        this.#owner.onRestored(view, origin)
      },
      (error: unknown) => this.#report(this.#unusable('is ignored', error)),
    )
  }

  #writeLater(): void {
    if (this.#writeTimer !== undefined || this.#writing !== undefined || this.#closed || !this.#isDirty) return
    const { clock, intervalMs } = this.#options
    const delayMs = Math.max(Math.min(settleMs, intervalMs), this.#notBeforeMs - clock.monotonicMs())
    this.#writeTimer = clock.after(
      delayMs,
      () => {
        this.#writeTimer = undefined
        this.#writing = this.#write().finally(() => {
          this.#writing = undefined
          this.#writeLater()
        })
      },
      { ref: false },
    )
  }

  /** Never fails. */
  async #write(): Promise<void> {
    const snapshot = this.#owner.capture()
    if (snapshot === undefined) return
    const { file, scope, clock, intervalMs } = this.#options
    this.#isDirty = false
    const startedMs = clock.monotonicMs()
    try {
      if (!this.#isTidy) await removeLeftovers(file)
      this.#isTidy = true
      await writeSnapshotFile(file, snapshot, scope, this.#controller.signal)
    } catch (error) {
      this.#isDirty = true
      this.#report(this.#unusable('could not be written', error))
    }
    const nowMs = clock.monotonicMs()
    this.#notBeforeMs = nowMs + Math.max(intervalMs, (nowMs - startedMs) * idleShare)
  }

  #unusable(what: string, cause: unknown): WaypostError {
    const { file } = this.#options
    return new WaypostError('snapshot-unusable', `The snapshot ${file} ${what}: ${messageOf(cause)}`, { cause })
  }

  #report(problem: WaypostError): void {
    this.#options.logger?.warn(problem.message)
    this.#owner.onProblem(problem)
  }
}
