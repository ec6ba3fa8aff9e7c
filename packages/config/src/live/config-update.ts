import type { Redactor } from '../secrets/redactor.ts'
import { differencesOf, type KeyDifference } from './differences.ts'

/** A configuration that came into force. */
export class ConfigUpdate<T> {
  readonly current: T
  readonly previous: T
  /** The store's revision at which `current` was read. */
  readonly revision: bigint
  readonly #redactors: { readonly previous: Redactor; readonly current: Redactor }
  #differences: readonly KeyDifference[] | undefined

  /** @internal */
  constructor(
    current: T,
    previous: T,
    revision: bigint,
    redactors: { readonly previous: Redactor; readonly current: Redactor },
  ) {
    this.current = current
    this.previous = previous
    this.revision = revision
    this.#redactors = redactors
  }

  /** What is different, key by key, for people and logs: secrets are shown as `[secret]`. */
  get differences(): readonly KeyDifference[] {
    const { previous, current } = this.#redactors
    this.#differences ??= Object.freeze(differencesOf(this.previous, this.current, previous, current))
    return this.#differences
  }

  /** @internal This step and a later one as one. */
  followedBy(later: ConfigUpdate<T>): ConfigUpdate<T> {
    const redactors = { previous: this.#redactors.previous, current: later.#redactors.current }
    return new ConfigUpdate(later.current, this.previous, later.revision, redactors)
  }
}
