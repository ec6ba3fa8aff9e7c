import { Backoff, type Clock, delay, Listeners, MergingSlot, messageOf, type WaypostError } from '@waypost/core'
import type { ProcessReport } from '../applied/process-report.ts'
import { Explainer, type Explanation, type KeyPath } from '../layers/explain.ts'
import type { LayerKind } from '../layers/slot.ts'
import type { DocumentLookUp, Walked } from '../layers/walk.ts'
import { type ConfigProblem, problemsError } from '../problem.ts'
import { ConfigUpdate } from './config-update.ts'
import type { DocumentSource } from './document-source.ts'
import type { Evaluator, InForce } from './evaluate.ts'
import { type PathOf, type ReadonlyValueAt, valueAtKey } from './key-paths.ts'
import { LiveSelection } from './live-selection.ts'
import type { SnapshotFile } from './snapshot-file.ts'

export interface LiveConfigParts<T> {
  readonly source: DocumentSource
  readonly evaluator: Evaluator<T>
  readonly snapshot: SnapshotFile | undefined
  readonly report: ProcessReport | undefined
  readonly clock: Clock
  /** Called with what is wrong without ending anything: a rejected change that nobody listens for, a failed snapshot. */
  readonly onNotice: (message: string) => void
  readonly onClose: () => void
}

/** What a configuration was begun with. */
export interface Beginning<T> {
  readonly inForce: InForce<T>
  /** When the snapshot was written that it comes from; absent when it comes from the store. */
  readonly snapshotAt?: Date | undefined
  /** Why what is in the store is not what it was begun with. */
  readonly problems: readonly ConfigProblem[]
}

/** A document of a configuration in force. */
export interface LoadedDocument {
  readonly path: string
  readonly layer: LayerKind
  readonly revision: bigint
  readonly release: number | undefined
  readonly canary: string | undefined
}

/** How long an evaluation runs before publishers are told that it does. */
const pendingAfterMs = 250

/**
 * A configuration that follows its documents. `current` is always whole and valid: a change that does not parse
 * or does not fit the schema is rejected and reported, and the last good value stays.
 */
export class LiveConfig<T> {
  readonly #parts: LiveConfigParts<T>
  readonly #slots = new Set<MergingSlot<ConfigUpdate<T>>>()
  readonly #problemListeners = new Listeners<[problems: readonly ConfigProblem[]]>()
  readonly #updateListeners = new Listeners<[revision: bigint]>()
  readonly #closeListeners = new Listeners()
  readonly #closing = new AbortController()
  readonly #backoff = new Backoff({ initialMs: 1_000, maxMs: 60_000 })
  #inForce: InForce<T>
  #snapshotAt: Date | undefined
  #problems: readonly ConfigProblem[]
  /** Evaluations run one after the other: a slow schema must not let an older value overtake a newer one. */
  #evaluating: Promise<void> | undefined
  #changed = false

  /** @internal Made by `Config.load`. */
  constructor(parts: LiveConfigParts<T>, { inForce, snapshotAt, problems }: Beginning<T>) {
    this.#parts = parts
    this.#inForce = inForce
    this.#snapshotAt = snapshotAt
    this.#problems = problems
    if (problems.length > 0) parts.onNotice(rejectedText(problems))
  }

  /** The configuration in force, deeply frozen. Reading it costs a property access; keep no copy of it. */
  get current(): T {
    return this.#inForce.current
  }

  /** The store's revision at which `current` was read. */
  get revision(): bigint {
    return this.#inForce.revision
  }

  /**
   * Since when `current` may be out of date, because the store does not answer. For a configuration that was begun
   * with the snapshot on disk: when that was written.
   */
  get staleSince(): Date | undefined {
    return this.#snapshotAt ?? this.#parts.source.staleSince
  }

  /** Whether `current` comes from the snapshot on disk, and nothing from the store has come into force yet. */
  get isFromSnapshot(): boolean {
    return this.#snapshotAt !== undefined
  }

  /** What went wrong last with a store that does not answer. */
  get lastError(): WaypostError | undefined {
    return this.#parts.source.lastError
  }

  /** Why what is in the store now is not in force; empty when it is. */
  get problems(): readonly ConfigProblem[] {
    return this.#problems
  }

  /** The documents in force, from general to specific. */
  get documents(): readonly LoadedDocument[] {
    return this.#inForce.config.layers
      .filter(({ kind }) => kind !== 'environment')
      .map(({ path, kind, revision, release, canary }) => ({ path, layer: kind, revision, release, canary }))
  }

  /**
   * The configurations that come into force from now on. A consumer that is slower than the changes gets the newest,
   * with the one it saw last as `previous`. Ends with `close()`.
   */
  changes(): AsyncIterableIterator<ConfigUpdate<T>> {
    const slot = new MergingSlot<ConfigUpdate<T>>((waiting, next) => waiting.followedBy(next), {
      onReturn: () => this.#slots.delete(slot),
    })
    if (this.#closing.signal.aborted) slot.end()
    else this.#slots.add(slot)
    return slot
  }

  /**
   * Follows one part: by its dotted path, which the compiler checks, or by a function of the whole. The part changes
   * only when it does itself.
   */
  select<Path extends PathOf<T>>(path: Path): LiveSelection<ReadonlyValueAt<T, Path>>
  select<V>(pick: (config: T) => V): LiveSelection<V>
  select(what: string | ((config: T) => unknown)): unknown {
    const selection = new LiveSelection({
      read: () => (typeof what === 'string' ? valueAtKey(this.current, what) : what(this.current)),
      onUpdate: (listener) => this.#updateListeners.add(listener),
      onClose: (listener) => this.#closeListeners.add(listener),
    })
    if (this.#closing.signal.aborted) selection.close()
    return selection
  }

  /**
   * Calls `listener` whenever a change is rejected. Returns the function that takes it off.
   * While nobody listens, rejections go to `onNotice` of the configuration: by default a warning of the process.
   */
  onProblem(listener: (problems: readonly ConfigProblem[]) => void): () => void {
    return this.#problemListeners.add(listener)
  }

  /**
   * Which document, line, column and release a key of the configuration in force comes from, and what the layers below
   * say of it. `undefined` for a key that no document sets, such as a default of the schema. Secrets are not shown.
   */
  explain(keyPath: KeyPath): Explanation | undefined {
    return new Explainer(this.#inForce.config).explain(keyPath)
  }

  /** Explains every key that has a value and no keys below it. */
  explainAll(): readonly Explanation[] {
    return new Explainer(this.#inForce.config).explainAll()
  }

  /** Stops following. `current` stays readable. Idempotent. */
  async close(): Promise<void> {
    const { source, snapshot, report, onClose } = this.#parts
    if (!this.#closing.signal.aborted) {
      this.#closing.abort()
      for (const slot of this.#slots) slot.end()
      this.#slots.clear()
      this.#closeListeners.tell()
      this.#closeListeners.clear()
      this.#updateListeners.clear()
      this.#problemListeners.clear()
      report?.close()
      onClose()
    }
    await source.close()
    await snapshot?.idle()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** @internal Called when something that it is made of has changed. */
  refresh(): void {
    this.#changed = true
    this.#evaluating ??= this.#evaluateWhileChanged().finally(() => {
      this.#evaluating = undefined
    })
  }

  /** @internal Keeps what is in force on disk, and tells publishers of it. */
  confirm(walked: Walked): void {
    const { snapshot, report, clock, onNotice } = this.#parts
    const { texts, revision } = this.#inForce
    report?.reads(walked.slots.flatMap(({ paths }) => paths))
    report?.applied(texts, revision)
    snapshot
      ?.write(texts, revision, new Date(clock.epochMs()))
      .catch((error: unknown) => onNotice(`The configuration's snapshot cannot be written: ${messageOf(error)}`))
  }

  /** @internal Tells publishers what in the store is not what is in force. */
  confirmRejected(walked: Walked, problems: readonly ConfigProblem[], revision: bigint): void {
    const { report } = this.#parts
    report?.reads(walked.slots.flatMap(({ paths }) => paths))
    report?.rejected(this.#inForce.texts, walked.texts, problems, revision)
  }

  /** Never rejects. */
  async #evaluateWhileChanged(): Promise<void> {
    const { source, evaluator, report, clock } = this.#parts
    const { signal } = this.#closing
    while (this.#changed && !signal.aborted) {
      // A process that was busy takes in first what has arrived meanwhile.
      await new Promise<void>((resolve) => setImmediate(resolve))
      const walk = (lookUp: DocumentLookUp): Walked => {
        this.#changed = false
        return evaluator.walk(lookUp)
      }
      const collected = await source.collect(walk, signal).catch(() => undefined)
      if (signal.aborted) return
      // Half of a change has come and the rest cannot be read: what is in force stays until the store is back.
      if (collected === undefined) this.#changed = true
      const isParsed = await evaluator.parseLarge(signal).then(
        (wasLarge) => !wasLarge,
        () => false,
      )
      if (signal.aborted) return
      if (!isParsed) this.#changed = true
      // What is new among the imports comes with a change of its own.
      if (!isParsed || !collected?.isComplete) continue
      const { walked, revision } = collected
      const sayPending = (): void => report?.pending(this.#inForce.texts, walked.texts, revision)
      const pending = clock.after(pendingAfterMs, sayPending, { ref: false })
      const result = await evaluator.evaluate(walked, revision, this.#inForce)
      pending.cancel()
      if (signal.aborted) return
      if (result.inForce) this.#accept(walked, result.inForce)
      else {
        this.#reject(walked, result.problems, revision)
        if (result.mayPass) this.#retryLater()
      }
    }
  }

  #retryLater(): void {
    const { clock } = this.#parts
    delay(this.#backoff.nextMs(), { clock, signal: this.#closing.signal, ref: false }).then(
      () => this.refresh(),
      () => {},
    )
  }

  #accept(walked: Walked, next: InForce<T>): void {
    this.#backoff.reset()
    const before = this.#inForce
    this.#inForce = next
    this.#snapshotAt = undefined
    this.#problems = []
    this.#parts.source.keepOnly(walked.slots)
    this.confirm(walked)
    if (next.current === before.current) return
    const redactors = { previous: before.config.redactor, current: next.config.redactor }
    const update = new ConfigUpdate(next.current, before.current, next.revision, redactors)
    for (const slot of this.#slots) slot.push(update)
    this.#updateListeners.tell(next.revision)
  }

  #reject(walked: Walked, problems: readonly ConfigProblem[], revision: bigint): void {
    this.#problems = problems
    this.confirmRejected(walked, problems, revision)
    this.#problemListeners.tell(problems)
    if (this.#problemListeners.size === 0) this.#parts.onNotice(rejectedText(problems))
  }
}

function rejectedText(problems: readonly ConfigProblem[]): string {
  return `A configuration was rejected; the last good one stays in force:\n${problemsError(problems).message}`
}
