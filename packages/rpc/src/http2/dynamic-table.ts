import type { HeaderField } from './header-field.ts'

/** The fields that a peer has asked to remember, the newest first: RFC 7541, section 2.3.2. */
export class DynamicTable {
  /** A ring: the newest field is at `#newest`, older ones before it. */
  #ring: (HeaderField | undefined)[] = new Array(16).fill(undefined)
  #newest = -1
  #length = 0
  #size = 0
  #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get length(): number {
    return this.#length
  }

  get size(): number {
    return this.#size
  }

  /** @param index 0 is the newest */
  at(index: number): HeaderField | undefined {
    if (index >= this.#length) return undefined
    return this.#ring[(this.#newest - index) & (this.#ring.length - 1)]
  }

  add(field: HeaderField): void {
    this.#evictTo(this.#capacity - field.size)
    // One that does not fit leaves the table empty, and that is no error: RFC 7541, section 4.4.
    if (field.size > this.#capacity) return
    if (this.#length === this.#ring.length) this.#grow()
    this.#newest = (this.#newest + 1) & (this.#ring.length - 1)
    this.#ring[this.#newest] = field
    this.#length += 1
    this.#size += field.size
  }

  resize(capacity: number): void {
    this.#capacity = capacity
    this.#evictTo(capacity)
  }

  #evictTo(size: number): void {
    while (this.#length > 0 && this.#size > size) {
      const oldest = (this.#newest - this.#length + 1) & (this.#ring.length - 1)
      this.#size -= this.#ring[oldest]?.size ?? 0
      this.#ring[oldest] = undefined
      this.#length -= 1
    }
  }

  #grow(): void {
    const fields: (HeaderField | undefined)[] = []
    for (let index = this.#length - 1; index >= 0; index -= 1) fields.push(this.at(index))
    this.#newest = this.#length - 1
    while (fields.length < this.#ring.length * 2) fields.push(undefined)
    this.#ring = fields
  }
}
