import { onAbort } from '@waypost/core'
import { type Guard, guardOf } from './guard.ts'
import type { Place } from './place.ts'

/** Something that this process holds until it releases it or loses it: a lock, a leadership. */
export class Hold implements AsyncDisposable {
  /** The fencing token: greater than that of every earlier holder. */
  readonly token: bigint
  /** The keys that stand for it in the store. */
  readonly keys: readonly string[]
  /** Adds "I still hold it" to a transaction. */
  readonly guard: Guard
  readonly #places: readonly Place[]
  readonly #given: AbortSignal | undefined
  readonly #onReleased: () => void
  /** Made once somebody asks for them: many holds are given up before that. */
  #lost: AbortSignal | undefined
  #signal: AbortSignal | undefined
  readonly #releases: (() => void)[] = []
  #releasing: Promise<void> | undefined

  /** @internal @param places all that it takes, in the order in which they were taken; at least one */
  constructor(places: readonly Place[], signal: AbortSignal | undefined, onReleased: () => void) {
    this.#places = places
    this.#given = signal
    this.#onReleased = onReleased
    // The last one taken has the greatest.
    this.token = places.at(-1)?.token ?? 0n
    this.keys = Object.freeze(places.map(({ key }) => key))
    this.guard = guardOf(places.map(({ condition }) => condition))
  }

  /** The key; of several, the last one taken, which the token is of. */
  get key(): string {
    return this.keys.at(-1) ?? ''
  }

  /**
   * Fires when it may be lost, before anybody else can have it: the lease may have ended, or its key was deleted.
   * `reason` is a `WaypostError` with code `lease-not-found`. Reading the property looks at the clock.
   */
  get lost(): AbortSignal {
    const losses = this.#places.map(({ lost }) => lost)
    this.#lost ??= this.#anyOf(losses)
    return this.#lost
  }

  /**
   * Fires when it may be lost, and when the signal fires that was given on taking it: pass it on to whatever works
   * under it. Look at `lost` to tell the two apart.
   */
  get signal(): AbortSignal {
    const { lost } = this
    this.#signal ??= this.#anyOf(this.#given === undefined ? [lost] : [lost, this.#given])
    return this.#signal
  }

  /** @internal Throws `lease-not-found` when it may be lost. */
  check(): void {
    for (const place of this.#places) place.check()
  }

  /** Gives it up; the next one in line gets it. Idempotent and bounded; never fails. */
  release(): Promise<void> {
    this.#releasing ??= this.#release()
    return this.#releasing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release()
  }

  async #release(): Promise<void> {
    for (const release of this.#releases) release()
    this.#onReleased()
    // The last taken is the first given back.
    for (const place of [...this.#places].reverse()) await place.leave()
  }

  /** A signal that fires with the first of several, until it is released; of one, that one. */
  #anyOf(signals: readonly AbortSignal[]): AbortSignal {
    const [only] = signals
    if (only !== undefined && signals.length === 1) return only
    const controller = new AbortController()
    if (this.#releasing === undefined) {
      this.#releases.push(...signals.map((signal) => onAbort(signal, () => controller.abort(signal.reason))))
    }
    return controller.signal
  }
}
