import type { Candidate } from './candidate.ts'

/** How many keys are remembered; a power of two. */
const places = 16_384

/** The answers for the keys that were asked for last, until an instance changes. Bounded; allocates once. */
export class KeyMemo {
  /** Each in the place that the low bits of the key's hash name. */
  readonly #keyHashes = new Uint32Array(places)
  /** As of which change each answer holds. */
  readonly #changes = new Float64Array(places)
  readonly #answers: (Candidate | undefined)[] = new Array<undefined>(places).fill(undefined)
  #change = 1

  get(keyHash: number): Candidate | undefined {
    const place = keyHash & (places - 1)
    const isKnown = this.#changes[place] === this.#change && this.#keyHashes[place] === keyHash
    return isKnown ? this.#answers[place] : undefined
  }

  set(keyHash: number, answer: Candidate | undefined): void {
    const place = keyHash & (places - 1)
    this.#keyHashes[place] = keyHash
    this.#changes[place] = this.#change
    this.#answers[place] = answer
  }

  /** No answer holds any longer. */
  forget(): void {
    this.#change += 1
  }
}
