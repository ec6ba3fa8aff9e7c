import type { Instance } from '../record/instance.ts'
import { isExcluded } from './algorithm.ts'
import type { Candidate } from './candidate.ts'
import { hash, mix, nthHash } from './hash.ts'

/** Points of each candidate. More points make the shares more even, and every change and the memory dearer. */
const pointsPerCandidate = 16
/** Another hash of an instance's key than `Candidate.hash`, so that two instances never share all points. */
const secondBasis = 0x2545f491
const none = -1
const minCells = 16

/** The candidate with the lowest score so far. */
export interface Best {
  candidate: Candidate | undefined
  /** Distance over weight. */
  score: number
  /** Decides between equal scores. */
  tie: number
}

/**
 * Candidates of similar weight as points on a circle of 2^32 places. The circle is divided into cells, about as many as
 * there are points, so that adding, removing and finding the next point take the same time however many there are.
 */
export class HashCircle {
  /** No weight here is above it. */
  readonly #maxWeight: number
  /** The first point of each cell. Their number is a power of two. */
  #heads = new Int32Array(minCells).fill(none)
  /** A place's cell is the place shifted right by this. */
  #shift = 32 - Math.log2(minCells)
  #cellSize = 2 ** 32 / minCells
  #places = new Uint32Array(minCells)
  /** The next point of the same cell, or of the free ones. */
  #nexts = new Int32Array(minCells)
  readonly #owners: (Candidate | undefined)[] = []
  #firstFree = none
  #size = 0

  constructor(maxWeight: number) {
    this.#maxWeight = maxWeight
  }

  get isEmpty(): boolean {
    return this.#size === 0
  }

  add(candidate: Candidate): void {
    const second = hash(candidate.instance.key, secondBasis)
    for (let n = 0; n < pointsPerCandidate; n++) this.#addAt(mix(nthHash(candidate.hash, n) ^ second), candidate)
    this.#size += pointsPerCandidate
    if (this.#size > this.#heads.length) this.#divide(this.#heads.length * 4)
  }

  remove(candidate: Candidate): void {
    const second = hash(candidate.instance.key, secondBasis)
    for (let n = 0; n < pointsPerCandidate; n++) this.#removeAt(mix(nthHash(candidate.hash, n) ^ second), candidate)
    this.#size -= pointsPerCandidate
  }

  /**
   * Improves `best` with the distances from `place` to the points that follow it.
   * @param keyHash decides between candidates of equal score
   */
  improve(best: Best, place: number, keyHash: number, exclude: readonly Instance[]): void {
    const heads = this.#heads
    const places = this.#places
    const nexts = this.#nexts
    const mask = heads.length - 1
    const cellSize = this.#cellSize
    const first = place >>> this.#shift
    // Distances from here on cannot improve the score.
    let limit = best.score * this.#maxWeight
    // How far the cells that were looked at reach.
    let reach = cellSize - (place & (cellSize - 1))
    for (let step = 0; step <= mask + 1; step++) {
      for (let point = heads[(first + step) & mask] ?? none; point !== none; point = nexts[point] ?? none) {
        const distance = ((places[point] ?? 0) - place) >>> 0
        if (distance > limit) continue
        const owner = this.#owners[point]
        if (owner === undefined) continue
        const score = distance / owner.weight
        if (score > best.score) continue
        const tie = mix(keyHash ^ owner.hash)
        if ((score === best.score && tie >= best.tie) || isExcluded(owner, exclude)) continue
        best.candidate = owner
        best.score = score
        best.tie = tie
        limit = score * this.#maxWeight
      }
      if (reach > limit) return
      reach += cellSize
    }
  }

  #addAt(place: number, candidate: Candidate): void {
    let point = this.#firstFree
    if (point === none) point = this.#owners.length
    else this.#firstFree = this.#nexts[point] ?? none
    if (point === this.#places.length) this.#grow()
    this.#places[point] = place
    this.#owners[point] = candidate
    this.#link(point)
  }

  #grow(): void {
    const places = new Uint32Array(this.#places.length * 2)
    places.set(this.#places)
    this.#places = places
    const nexts = new Int32Array(places.length)
    nexts.set(this.#nexts)
    this.#nexts = nexts
  }

  #link(point: number): void {
    const cell = (this.#places[point] ?? 0) >>> this.#shift
    this.#nexts[point] = this.#heads[cell] ?? none
    this.#heads[cell] = point
  }

  #removeAt(place: number, candidate: Candidate): void {
    const cell = place >>> this.#shift
    let before = none
    for (let point = this.#heads[cell] ?? none; point !== none; point = this.#nexts[point] ?? none) {
      if (this.#places[point] === place && this.#owners[point] === candidate) {
        const next = this.#nexts[point] ?? none
        if (before === none) this.#heads[cell] = next
        else this.#nexts[before] = next
        this.#owners[point] = undefined
        this.#nexts[point] = this.#firstFree
        this.#firstFree = point
        return
      }
      before = point
    }
  }

  #divide(cells: number): void {
    this.#heads = new Int32Array(cells).fill(none)
    this.#shift = 32 - Math.log2(cells)
    this.#cellSize = 2 ** 32 / cells
    for (let point = 0; point < this.#owners.length; point++) if (this.#owners[point]) this.#link(point)
  }
}
