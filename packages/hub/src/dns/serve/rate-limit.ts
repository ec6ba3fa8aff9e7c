import { randomInt } from 'node:crypto'
import type { Clock } from '@waypost/core'

/** A power of two. Subnets that fall together share a limit, so that memory stays the same whoever asks. */
const slots = 4_096

/**
 * How many answers over UDP a subnet gets in a second, since an asker's address may be forged to let answers flood it.
 * Beyond that every second question is told to come back over TCP, where addresses cannot be forged, and the others
 * get nothing. So whoever really asks is slowed down, not locked out.
 */
export class RateLimit {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #left = new Float64Array(slots)
  readonly #atMs = new Float64Array(slots)
  readonly #seed = randomInt(2 ** 31)
  #over = 0

  /** @param perSecond 0 for no limit */
  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond
    this.#clock = clock
    this.#left.fill(perSecond)
  }

  take(address: string): 'answer' | 'truncate' | 'drop' {
    if (this.#perSecond === 0 || isLoopback(address)) return 'answer'
    const slot = this.#slotOf(address)
    const nowMs = this.#clock.monotonicMs()
    const earned = ((nowMs - (this.#atMs[slot] ?? 0)) / 1_000) * this.#perSecond
    const left = Math.min(this.#perSecond, (this.#left[slot] ?? 0) + earned)
    this.#atMs[slot] = nowMs
    this.#left[slot] = left >= 1 ? left - 1 : left
    if (left >= 1) return 'answer'
    this.#over += 1
    return this.#over % 2 === 1 ? 'truncate' : 'drop'
  }

  /** By the first three numbers of an IPv4 address, and the first 48 bits of an IPv6 one. */
  #slotOf(address: string): number {
    const isV4 = address.includes('.')
    const start = isV4 ? address.lastIndexOf(':') + 1 : 0
    const separator = isV4 ? 0x2e : 0x3a
    let hash = this.#seed
    let parts = 0
    for (let index = start; index < address.length && parts < 3; index += 1) {
      const char = address.charCodeAt(index)
      if (char === separator) parts += 1
      hash = Math.imul(hash ^ char, 0x01000193)
    }
    return (hash >>> 8) & (slots - 1)
  }
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.')
}
