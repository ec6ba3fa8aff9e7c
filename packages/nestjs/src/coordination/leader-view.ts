import type { Coordination, Leader, Leadership } from 'waypost'

/** Who leads an election, and whether it is this instance. */
export class LeaderView {
  readonly name: string
  readonly #coordination: Coordination
  #leadership: Leadership | undefined

  /** @internal */
  constructor(coordination: Coordination, name: string) {
    this.#coordination = coordination
    this.name = name
  }

  /** Whether this instance leads, for certain at this moment. */
  get isLeading(): boolean {
    return this.#leadership !== undefined && !this.#leadership.lost.aborted
  }

  /** This instance's lead, with its token and guard; `undefined` while it does not lead. */
  get leadership(): Leadership | undefined {
    return this.isLeading ? this.#leadership : undefined
  }

  /** Who leads now, whichever instance that is. */
  leader(): Promise<Leader | undefined> {
    return this.#coordination.leader(this.name)
  }

  /** @internal */
  set current(leadership: Leadership | undefined) {
    this.#leadership = leadership
  }
}
