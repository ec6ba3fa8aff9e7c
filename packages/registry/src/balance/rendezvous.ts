import type { Instance } from '../record/instance.ts'
import { type Algorithm, type AlgorithmDefinition, isExcluded } from './algorithm.ts'
import type { Candidate } from './candidate.ts'
import type { CandidateSet } from './candidate-set.ts'
import { hash, mix } from './hash.ts'
import { KeyMemo } from './key-memo.ts'

const nobody: readonly Instance[] = []
/** Up to so many candidates, looking at all is as quick as remembering. */
const few = 32

/**
 * Equal keys go to the same candidate. When one leaves, only its keys move; when one comes, it takes its share from
 * all. Shares follow the weights. A pick looks at every candidate, and is remembered until they change. Without a key
 * it draws by weight.
 *
 * Sources: David G. Thaler and Chinya V. Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", 1998; the
 * weights: Jason Resch, "New Hashing Algorithms for Data Storage", 2015.
 */
export class Rendezvous implements Algorithm {
  readonly #candidates: CandidateSet
  #memo: KeyMemo | undefined

  constructor(candidates: CandidateSet) {
    this.#candidates = candidates
  }

  pick(key: string | undefined): Candidate | undefined {
    if (key === undefined) return this.#candidates.draw()
    const keyHash = hash(key)
    if (this.#candidates.size <= few) return this.#best(keyHash, nobody)
    this.#memo ??= new KeyMemo()
    const known = this.#memo.get(keyHash)
    if (known !== undefined) return known
    const best = this.#best(keyHash, nobody)
    this.#memo.set(keyHash, best)
    return best
  }

  pickExcept(key: string, exclude: readonly Instance[]): Candidate | undefined {
    return this.#best(hash(key), exclude)
  }

  added(): void {
    this.#memo?.forget()
  }

  removed(): void {
    this.#memo?.forget()
  }

  reweighed(): void {
    this.#memo?.forget()
  }

  /** The lowest of `-ln(u) / weight`, where u in (0, 1) is the hash of key and candidate. */
  #best(keyHash: number, exclude: readonly Instance[]): Candidate | undefined {
    const { list, hashes, weights } = this.#candidates
    let best: Candidate | undefined
    let lowest = Number.POSITIVE_INFINITY
    for (let index = 0; index < list.length; index++) {
      const weight = weights[index] ?? 0
      const u = (mix(keyHash ^ (hashes[index] ?? 0)) + 0.5) / 2 ** 32
      // 1 - u is never above -ln(u): it spares the logarithm for nearly all.
      if (1 - u >= lowest * weight) continue
      const score = -Math.log(u) / weight
      if (score >= lowest) continue
      const candidate = list[index]
      if (candidate === undefined || isExcluded(candidate, exclude)) continue
      lowest = score
      best = candidate
    }
    return best
  }
}

export const rendezvous: AlgorithmDefinition = {
  create: ({ candidates }) => new Rendezvous(candidates),
  slowStart: false,
}
