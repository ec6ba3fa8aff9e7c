import { seededRandom } from '../crash/seeded-random.ts'

/** Chance that is the same for the same seed. */
export class Dice {
  readonly seed: number
  readonly #random: () => number

  constructor(seed: number) {
    this.seed = seed
    this.#random = seededRandom(seed)
  }

  /** A whole number from 0 up to, not including, `below`. */
  int(below: number): number {
    return Math.floor(this.#random() * below)
  }

  chance(probability: number): boolean {
    return this.#random() < probability
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.int(list.length)] ?? list[0]
  }

  bytes(maxLength: number): Buffer {
    const bytes = Buffer.alloc(this.int(maxLength + 1))
    for (let at = 0; at < bytes.length; at++) bytes[at] = this.int(256)
    return bytes
  }

  /** Numbers at which code likes to err, more often than others. */
  int64(): bigint {
    if (this.chance(0.3)) return BigInt(this.int(2000))
    return this.pick([
      0n,
      1n,
      2n,
      -1n,
      2n ** 31n,
      2n ** 53n,
      2n ** 53n + 1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
      -(2n ** 31n),
      9_000_000_000n,
      9_000_000_001n,
    ])
  }
}
