import { type Condition, put } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import { Hold } from '../place/hold.ts'
import type { Place } from '../place/place.ts'
import type { Parts } from '../shared/settings.ts'

/** The lead in an election, until it is resigned or lost. */
export class Leadership extends Hold {
  readonly name: string
  readonly #parts: Parts
  readonly #place: Place
  #value: string

  /** @internal */
  constructor(
    parts: Parts,
    name: string,
    place: Place,
    value: string,
    signal: AbortSignal | undefined,
    onEnd: () => void,
  ) {
    super([place], signal, onEnd)
    this.name = name
    this.#parts = parts
    this.#place = place
    this.#value = value
  }

  /** What this leader says of itself: its proposal, or what it proclaimed last. */
  get value(): string {
    return this.#value
  }

  /** Holds as long as this process leads. */
  get condition(): Condition {
    return this.#place.condition
  }

  /** Replaces the value that observers see. Fails with `lease-not-found` when somebody else may lead by now. */
  async proclaim(value: string): Promise<void> {
    if (this.lost.aborted) throw this.lost.reason
    const step = put(this.key, value, { lease: this.#place.lease.id })
    const { succeeded } = await this.guard(this.#parts.etcd.txn().do(step)).commit()
    if (!succeeded) {
      throw new WaypostError('lease-not-found', `The election ${JSON.stringify(this.name)} now has another leader.`)
    }
    this.#value = value
  }

  /** Gives the lead to the next candidate. Idempotent and bounded; never fails. */
  resign(): Promise<void> {
    return this.release()
  }
}
