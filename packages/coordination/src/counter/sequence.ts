import { WaypostError } from '@waypost/core'
import type { Counter } from './counter.ts'

/** The ids that this process may give out: from `next` up to, not including, `end`. */
interface Block {
  next: bigint
  readonly end: bigint
}

/**
 * Ids that are unique across processes, from 1. A process takes a block of ids at a time, so most ids cost no request.
 * Ids of one process rise; ids that a process took and did not use are not given out again.
 */
export class Sequence {
  readonly #counter: Counter
  readonly #blockSize: bigint
  #block: Block = { next: 0n, end: 0n }
  #taking: Promise<void> | undefined

  /** @internal */
  constructor(counter: Counter, blockSize: number) {
    this.#counter = counter
    this.#blockSize = BigInt(blockSize)
  }

  get name(): string {
    return this.#counter.name
  }

  /** The next id. */
  async next(): Promise<bigint> {
    while (this.#block.next === this.#block.end) {
      this.#taking ??= this.#take().finally(() => {
        this.#taking = undefined
      })
      await this.#taking
    }
    const id = this.#block.next
    this.#block.next += 1n
    return id
  }

  /** A block that may have been taken is not used: that leaves a gap, and never gives an id out twice. */
  async #take(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const last = await this.#counter.add(this.#blockSize)
        this.#block = { next: last - this.#blockSize + 1n, end: last + 1n }
        return
      } catch (error) {
        if (!WaypostError.is(error, 'outcome-unknown') || attempt === 3) throw error
      }
    }
  }
}
