import { setImmediate as oneTurn } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type Clock, deepFreeze, MergingSlot } from '@waypost/core'
import type { ConfigObject } from '../config-value.ts'
import type { ConfigDocument } from '../documents/config-document.ts'
import { type Explanation, explain, type KeyPath } from '../layers/explain.ts'
import { mergeLayers } from '../layers/merge.ts'
import type { Resolver } from '../layers/resolve.ts'
import { type ConfigProblem, problemsError } from '../problem.ts'
import type { StandardSchema } from '../schema/standard-schema.ts'
import { validate } from '../schema/validate.ts'
import type { DocumentSource } from './document-source.ts'

/** A configuration that came into force. */
export interface ConfigUpdate<T> {
  readonly current: T
  readonly previous: T
  readonly revision: bigint
}

export interface LiveConfigParts<T> {
  readonly source: DocumentSource
  readonly resolver: Resolver
  readonly schema: StandardSchema<unknown, T>
  readonly clock: Clock
  readonly onClose: () => void
}

interface InForce<T> {
  readonly current: T
  /** The merged documents before the schema, to tell whether anything changed. */
  readonly merged: ConfigObject
  readonly documents: readonly ConfigDocument[]
  readonly revision: bigint
}

/**
 * A configuration that follows its documents. `current` is always whole and valid: a change that does not parse
 * or does not fit the schema is rejected and reported, and the last good value stays.
 */
export class LiveConfig<T> {
  readonly #parts: LiveConfigParts<T>
  readonly #slots = new Set<MergingSlot<ConfigUpdate<T>>>()
  readonly #listeners = new Set<(problems: readonly ConfigProblem[]) => void>()
  #inForce: InForce<T>
  #problems: readonly ConfigProblem[] = []
  /** Evaluations run one after the other: a slow schema must not let an older value overtake a newer one. */
  #evaluating = false
  #changed = false
  #closed = false

  /** @internal Made by `Config.load`. */
  constructor(parts: LiveConfigParts<T>, inForce: InForce<T>) {
    this.#parts = parts
    this.#inForce = inForce
  }

  /** The configuration in force, deeply frozen. Reading it costs a property access; keep no copy of it. */
  get current(): T {
    return this.#inForce.current
  }

  /** The store's revision at which `current` was read. */
  get revision(): bigint {
    return this.#inForce.revision
  }

  /** Since when `current` may be out of date, because the store does not answer. */
  get staleSince(): Date | undefined {
    return this.#parts.source.staleSince
  }

  /** Why what is in the store now is not in force; empty when it is. */
  get problems(): readonly ConfigProblem[] {
    return this.#problems
  }

  /**
   * The configurations that come into force from now on. A consumer that is slower than the changes gets the newest,
   * with the one it saw last as `previous`. Ends with `close()`.
   */
  changes(): AsyncIterableIterator<ConfigUpdate<T>> {
    const slot = new MergingSlot<ConfigUpdate<T>>((waiting, next) => ({ ...next, previous: waiting.previous }), {
      onReturn: () => this.#slots.delete(slot),
    })
    if (this.#closed) slot.end()
    else this.#slots.add(slot)
    return slot
  }

  /**
   * Calls `listener` whenever a change is rejected. Returns the function that takes it off.
   * While nobody listens, rejections are written to the process as warnings.
   */
  onProblem(listener: (problems: readonly ConfigProblem[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Which document, line and column a key of the configuration in force comes from, and what the layers below say
   * of it. `undefined` for a key that no document sets, such as a default of the schema.
   */
  explain(keyPath: KeyPath): Explanation | undefined {
    return explain(this.#inForce.documents, keyPath)
  }

  /** Stops following. `current` stays readable. Idempotent. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true
      for (const slot of this.#slots) slot.end()
      this.#slots.clear()
      this.#listeners.clear()
      this.#parts.onClose()
    }
    await this.#parts.source.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * @internal Called when a document of the layers has changed. It waits for the end of the turn, in which changes of
   * one transaction to several ranges arrive.
   */
  async refresh(): Promise<void> {
    this.#changed = true
    if (this.#evaluating) return
    this.#evaluating = true
    try {
      while (this.#changed && !this.#closed) {
        await oneTurn()
        this.#changed = false
        const outcome = await evaluate(this.#parts, this.#inForce)
        if (this.#closed) return
        if (outcome.problems) this.#reject(outcome.problems)
        else this.#accept(outcome.inForce)
      }
    } finally {
      this.#evaluating = false
    }
  }

  #accept(next: InForce<T>): void {
    const previous = this.#inForce.current
    this.#inForce = next
    this.#problems = []
    if (next.current === previous) return
    for (const slot of this.#slots) slot.push({ current: next.current, previous, revision: next.revision })
  }

  #reject(problems: readonly ConfigProblem[]): void {
    this.#problems = problems
    for (const listener of this.#listeners) listener(problems)
    if (this.#listeners.size > 0) return
    process.emitWarning(`A configuration was rejected, the last good one stays:\n${problemsError(problems).message}`, {
      type: 'WaypostWarning',
      code: 'invalid-document',
    })
  }
}

/** Brings a configuration into force for the first time. Throws what is wrong with its documents. */
export async function firstInForce<T>(parts: LiveConfigParts<T>): Promise<InForce<T>> {
  const { inForce, problems } = await evaluate(parts, undefined)
  if (problems) throw problemsError(problems)
  return inForce
}

type Evaluated<T> =
  | { readonly inForce: InForce<T>; readonly problems?: undefined }
  | { readonly inForce?: undefined; readonly problems: readonly ConfigProblem[] }

async function evaluate<T>(parts: LiveConfigParts<T>, before: InForce<T> | undefined): Promise<Evaluated<T>> {
  const { source, resolver, schema, clock } = parts
  // Before the first await: everything below must be of one moment.
  const { revision } = source
  const { value: merged, documents, problems } = resolver.resolve((path) => source.lookUp(path))
  if (problems) return { problems }
  if (before && isDeepStrictEqual(merged, before.merged)) return { inForce: { ...before, documents, revision } }
  const validated = await validate(schema, mergeLayers([merged]), documents, clock)
  if (validated.problems) return { problems: validated.problems }
  const current = deepFreeze(validated.value)
  return { inForce: { current, merged, documents, revision } }
}
