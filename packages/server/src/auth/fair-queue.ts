/** Items that wait in lines of their own and are taken from each line in turn, so that a long line holds up no other. */
export class FairQueue<Item> {
  readonly #lines = new Map<string, Item[]>()
  readonly #maxItems: number
  readonly #maxLineItems: number
  #size = 0

  /**
   * @param maxItems of all lines together
   * @param maxLineItems of one line
   */
  constructor(maxItems: number, maxLineItems: number) {
    this.#maxItems = maxItems
    this.#maxLineItems = maxLineItems
  }

  get size(): number {
    return this.#size
  }

  /** Puts the item at the end of a line. False: the line, or the whole queue, is full. */
  add(line: string, item: Item): boolean {
    const items = this.#lines.get(line)
    if (this.#size >= this.#maxItems || (items?.length ?? 0) >= this.#maxLineItems) return false
    if (items) items.push(item)
    else this.#lines.set(line, [item])
    this.#size += 1
    return true
  }

  /** Takes the first item of the line whose turn it is. */
  take(): Item | undefined {
    for (const [line, items] of this.#lines) {
      const item = items.shift()
      this.#lines.delete(line)
      if (items.length > 0) this.#lines.set(line, items)
      this.#size -= 1
      return item
    }
    return undefined
  }

  /** Removes the item, if it still waits. */
  delete(line: string, item: Item): void {
    const items = this.#lines.get(line)
    const index = items?.indexOf(item) ?? -1
    if (items === undefined || index < 0) return
    items.splice(index, 1)
    if (items.length === 0) this.#lines.delete(line)
    this.#size -= 1
  }
}
