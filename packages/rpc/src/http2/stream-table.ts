import type { Http2Stream } from './stream.ts'

const initialSlots = 64
const maxSlots = 16 * 1024

/**
 * The open streams of one session, by id. Ids follow each other, so that a ring of slots nearly always has the place
 * free; a long-lived stream that is in the way moves to a map.
 *
 * A `Map` alone, with streams running through, would keep its former tables alive, and with them the streams, from one
 * full garbage collection to the next.
 */
export class StreamTable {
  #slots: (Http2Stream | undefined)[] = new Array(initialSlots).fill(undefined)
  readonly #displaced = new Map<number, Http2Stream>()
  #size = 0

  get size(): number {
    return this.#size
  }

  get(streamId: number): Http2Stream | undefined {
    const stream = this.#slots[this.#slotOf(streamId)]
    if (stream !== undefined && stream.id === streamId) return stream
    return this.#displaced.size === 0 ? undefined : this.#displaced.get(streamId)
  }

  add(stream: Http2Stream): void {
    const slot = this.#slotOf(stream.id)
    const inTheWay = this.#slots[slot]
    this.#slots[slot] = stream
    this.#size += 1
    if (inTheWay === undefined) return
    this.#displaced.set(inTheWay.id, inTheWay)
    if (this.#displaced.size > this.#slots.length / 2 && this.#slots.length < maxSlots) this.#grow()
  }

  delete(stream: Http2Stream): void {
    const slot = this.#slotOf(stream.id)
    if (this.#slots[slot] === stream) this.#slots[slot] = undefined
    else if (!this.#displaced.delete(stream.id)) return
    this.#size -= 1
  }

  /** The streams in the order of their ids, as they are now. */
  all(): Http2Stream[] {
    const streams = [...this.#displaced.values()]
    for (const stream of this.#slots) if (stream !== undefined) streams.push(stream)
    return streams.sort((a, b) => a.id - b.id)
  }

  #slotOf(streamId: number): number {
    return (streamId >>> 1) & (this.#slots.length - 1)
  }

  #grow(): void {
    const streams = this.all()
    this.#slots = new Array(this.#slots.length * 4).fill(undefined)
    this.#displaced.clear()
    this.#size = 0
    for (const stream of streams) this.add(stream)
  }
}
