import { KeyValue } from './key-value.ts'

/** How much memory one key that stays may hold of its neighbours that are gone. */
const slabBytes = 4_096

/** Copies encoded keys, one behind the other, out of the large answer that they came in. */
export class KeyPacker {
  #slab = Buffer.alloc(0)
  #used = 0

  /** @param encoded the message of one key */
  pack(encoded: Uint8Array, namespaceBytes: number): KeyValue {
    const { length } = encoded
    if (this.#used + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, length))
      this.#used = 0
    }
    const start = this.#used
    this.#used += length
    this.#slab.set(encoded, start)
    return new KeyValue(this.#slab, namespaceBytes, start, this.#used)
  }
}
