/** Where one version of a key is stored. */
export interface Revision {
  /** The revision of the transaction. */
  readonly main: number
  /** The change's place inside its transaction, from 0. */
  readonly sub: number
}

/**
 * What is known of a key in memory: its newest version in full, so that a put reads nothing from disk,
 * and the revisions of its earlier versions that are not compacted.
 *
 * Example: put at 2, put at 5, delete at 7 leaves `main` 7, `createRevision` 0 (the newest version is a tombstone)
 * and `older` [2, 5]. A compaction at 6 leaves [5]; one at 7 leaves only the tombstone; one at 8 leaves nothing,
 * and the entry goes.
 */
export class KeyEntry {
  readonly key: string
  /** The newest version's revision. */
  main = 0
  sub = 0
  /** Where the key's present life began; 0 when the newest version is a tombstone. */
  createRevision = 0
  version = 0
  lease = 0n
  /** The length of the newest version's message, so that an answer is measured without reading it. */
  bytes = 0
  /** Ascending pairs of main and `sub * 2 + (tombstone ? 1 : 0)`. */
  #older: number[] | undefined

  /** @param older versions before the newest one: ascending pairs of main and `sub * 2 + (tombstone ? 1 : 0)` */
  constructor(key: string, older?: number[]) {
    this.key = key
    this.#older = older
  }

  get live(): boolean {
    return this.createRevision !== 0
  }

  /** Makes `main`, `sub` the newest version. The caller sets the other fields. */
  advance(main: number, sub: number): void {
    if (this.main !== 0) {
      const mark = this.sub * 2 + (this.live ? 0 : 1)
      if (this.#older === undefined) this.#older = [this.main, mark]
      else this.#older.push(this.main, mark)
    }
    this.main = main
    this.sub = sub
  }

  /** Where the version that was current at revision `at` is stored; undefined when the key was not there. */
  revisionAt(at: number): Revision | undefined {
    if (this.main <= at) return this.live ? this : undefined
    const index = this.#lastOlder(at)
    if (index < 0) return undefined
    const older = this.#older as number[]
    const mark = older[index + 1] as number
    return mark % 2 === 1 ? undefined : { main: older[index] as number, sub: mark / 2 }
  }

  /**
   * Forgets what a compaction at `at` removes: every version older than the newest one ≤ `at`, and that one too
   * when it is a tombstone below `at`. Tells `drop` of each, the oldest first. With more than `mostDrops` to forget
   * it stops there, and is to be called again.
   */
  compact(
    at: number,
    drop: (main: number, sub: number, tombstone: boolean) => void,
    mostDrops: number = Number.POSITIVE_INFINITY,
  ): 'kept' | 'gone' | 'unfinished' {
    const older = this.#older
    let end = 0
    if (this.main <= at) end = older?.length ?? 0
    else {
      const kept = this.#lastOlder(at)
      if (kept >= 0 && older) end = older[kept] !== at && (older[kept + 1] as number) % 2 === 1 ? kept + 2 : kept
    }
    const isUnfinished = end / 2 > mostDrops
    if (isUnfinished) end = mostDrops * 2
    if (older && end > 0) {
      for (let index = 0; index < end; index += 2) {
        const mark = older[index + 1] as number
        drop(older[index] as number, mark >>> 1, mark % 2 === 1)
      }
      this.#older = end === older.length ? undefined : older.slice(end)
    }
    if (isUnfinished) return 'unfinished'
    if (this.live || this.main >= at) return 'kept'
    drop(this.main, this.sub, true)
    return 'gone'
  }

  /** The index of the last pair in `#older` with main ≤ `at`, or −2. */
  #lastOlder(at: number): number {
    const older = this.#older
    if (older === undefined) return -2
    let low = 0
    let high = older.length / 2
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((older[middle * 2] as number) <= at) low = middle + 1
      else high = middle
    }
    return low * 2 - 2
  }
}
