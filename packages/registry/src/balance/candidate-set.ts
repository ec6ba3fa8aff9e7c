import type { Candidate } from './candidate.ts'
import { WeightTree } from './weight-tree.ts'

/** Up to this number of draws on average, drawing again until a weight is hit is quicker than the tree. */
const maxDraws = 4

/** Candidates without gaps, to be drawn by weight. Every change costs O(log n) at most. */
export class CandidateSet {
  readonly #random: () => number
  readonly #list: Candidate[] = []
  readonly #positions = new Map<Candidate, number>()
  /** The weights under which the candidates were added, by position. */
  readonly #weights: number[] = []
  /** How many have each weight. */
  readonly #byWeight = new Map<number, number>()
  #largest = 0
  #total = 0
  /** Made when the weights differ too much for drawing without it. */
  #tree: WeightTree | undefined
  #last = 0

  constructor(random: () => number) {
    this.#random = random
  }

  get list(): readonly Candidate[] {
    return this.#list
  }

  get weights(): readonly number[] {
    return this.#weights
  }

  get size(): number {
    return this.#list.length
  }

  get totalWeight(): number {
    return this.#total
  }

  get meanWeight(): number {
    return this.#total / this.#list.length
  }

  add(candidate: Candidate): void {
    this.#positions.set(candidate, this.#list.length)
    this.#list.push(candidate)
    this.#weights.push(0)
    this.#weigh(this.#list.length - 1, candidate.weight)
  }

  remove(candidate: Candidate): void {
    const position = this.#positions.get(candidate)
    const last = this.#list.at(-1)
    if (position === undefined || last === undefined) return
    const end = this.#list.length - 1
    this.#weigh(position, this.#weights[end] ?? 0)
    this.#weigh(end, 0)
    this.#list[position] = last
    this.#positions.set(last, position)
    this.#list.pop()
    this.#weights.pop()
    this.#positions.delete(candidate)
  }

  reweigh(candidate: Candidate): void {
    const position = this.#positions.get(candidate)
    if (position !== undefined) this.#weigh(position, candidate.weight)
  }

  /** One in proportion to the weights. */
  draw(): Candidate | undefined {
    const size = this.#list.length
    if (size === 0) return undefined
    if (this.#byWeight.size === 1) this.#last = Math.floor(this.#random() * size)
    else if (this.#largest * size <= maxDraws * this.#total) this.#last = this.#drawByRejection()
    else {
      this.#tree ??= new WeightTree(this.#weights)
      this.#last = Math.min(this.#tree.find(this.#random() * this.#tree.total), size - 1)
    }
    return this.#list[this.#last]
  }

  /**
   * Another than the one drawn last, in proportion to the weights. Without another one, or when a few draws only hit that
   * one because it has nearly all the weight, it is that one again.
   */
  drawOther(): Candidate | undefined {
    const size = this.#list.length
    const first = this.#last
    if (size === 2) return this.#list[1 - first]
    if (this.#byWeight.size === 1 && size > 1) {
      const other = Math.floor(this.#random() * (size - 1))
      return this.#list[other < first ? other : other + 1]
    }
    for (let attempt = 0; attempt < 3; attempt++) {
      const other = this.draw()
      if (this.#last !== first) return other
    }
    return this.#list[first]
  }

  #drawByRejection(): number {
    const size = this.#list.length
    for (;;) {
      const position = Math.floor(this.#random() * size)
      if (this.#random() * this.#largest < (this.#weights[position] ?? 0)) return position
    }
  }

  #weigh(position: number, weight: number): void {
    const before = this.#weights[position] ?? 0
    if (before === weight) return
    this.#weights[position] = weight
    this.#count(before, -1)
    this.#count(weight, 1)
    // A sum of differences drifts; an empty set ends that.
    this.#total = this.#byWeight.size === 0 ? 0 : this.#total + weight - before
    if (this.#tree === undefined) return
    if (this.#byWeight.size <= 1 || position >= this.#tree.capacity) this.#tree = undefined
    else this.#tree.set(position, weight)
  }

  #count(weight: number, by: 1 | -1): void {
    if (weight === 0) return
    const count = (this.#byWeight.get(weight) ?? 0) + by
    if (count > 0) {
      this.#byWeight.set(weight, count)
      if (weight > this.#largest) this.#largest = weight
      return
    }
    this.#byWeight.delete(weight)
    if (weight !== this.#largest) return
    this.#largest = 0
    for (const each of this.#byWeight.keys()) if (each > this.#largest) this.#largest = each
  }
}
