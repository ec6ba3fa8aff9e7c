import type { Candidate } from './candidate.ts'

/** Candidates of one weight that take turns, and the time at which the next of them is due. */
export class WeightRing {
  readonly weight: number
  /** When the ring's next turn is due. */
  due = 0
  /** Those before `#next` have had their turn of this round. */
  readonly #members: Candidate[] = []
  readonly #positions = new Map<Candidate, number>()
  /** In [0, 1): where the turns begin. */
  readonly #start: number
  #next: number | undefined
  /** Turns are counted from here, as a product is exact where a sum of strides would drift. */
  #origin = 0
  /** In strides from the origin. */
  #phase: number
  #turns = 0

  constructor(weight: number, start: number) {
    this.weight = weight
    this.#start = start
    this.#phase = start
  }

  get size(): number {
    return this.#members.length
  }

  /** The heavier one first when both are due. */
  isBefore(other: WeightRing): boolean {
    return this.due < other.due || (this.due === other.due && this.weight > other.weight)
  }

  next(): Candidate | undefined {
    const size = this.#members.length
    let at = this.#next ?? Math.floor(this.#start * size)
    if (at >= size) at = 0
    this.#next = at + 1
    return this.#members[at]
  }

  postpone(): void {
    this.#turns += 1
    this.due = this.#origin + (this.#turns + this.#phase) / (this.weight * this.#members.length)
  }

  /** The newcomer's turn comes last. */
  add(candidate: Candidate, now: number): void {
    this.#measureAnew(now, () => {
      if (this.#next === this.#members.length) this.#next = 0
      this.#positions.set(candidate, this.#members.length)
      this.#members.push(candidate)
    })
  }

  remove(candidate: Candidate, now: number): void {
    this.#measureAnew(now, () => {
      let gap = this.#positions.get(candidate)
      if (gap === undefined) return
      this.#positions.delete(candidate)
      if (this.#next !== undefined && gap < this.#next) {
        this.#next -= 1
        this.#move(this.#next, gap)
        gap = this.#next
      }
      this.#move(this.#members.length - 1, gap)
      this.#members.pop()
    })
  }

  #move(from: number, to: number): void {
    const candidate = this.#members[from]
    if (candidate === undefined || from === to) return
    this.#members[to] = candidate
    this.#positions.set(candidate, to)
  }

  /** The stride's length depends on the members: what is left of the current one is kept in proportion. */
  #measureAnew(now: number, change: () => void): void {
    const size = this.#members.length
    if (size > 0) this.#phase = Math.max(0, this.due - now) * this.weight * size
    change()
    this.#origin = now
    this.#turns = 0
    this.due = now + this.#phase / (this.weight * this.#members.length)
  }
}
