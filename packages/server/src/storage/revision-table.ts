import type { RevisionRecord } from './storage.ts'

/** Revisions in memory, by main revision. Added in order; deleted in any. */
export class RevisionTable {
  /** Most transactions change one key, so a map of subs is made for the others only. */
  readonly #byMain = new Map<number, RevisionRecord | Map<number, RevisionRecord>>()
  #bytes = 0

  /** The bytes of the stored messages. */
  get bytes(): number {
    return this.#bytes
  }

  get(main: number, sub: number): RevisionRecord | undefined {
    const held = this.#byMain.get(main)
    if (held instanceof Map) return held.get(sub)
    return held?.sub === sub ? held : undefined
  }

  add(record: RevisionRecord): void {
    this.#bytes += record.kv.length
    const held = this.#byMain.get(record.main)
    if (held === undefined) this.#byMain.set(record.main, record)
    else if (held instanceof Map) held.set(record.sub, record)
    else
      this.#byMain.set(
        record.main,
        new Map([
          [held.sub, held],
          [record.sub, record],
        ]),
      )
  }

  delete(main: number, sub: number): void {
    const held = this.#byMain.get(main)
    const record = held instanceof Map ? held.get(sub) : held
    if (record?.sub !== sub) return
    this.#bytes -= record.kv.length
    if (held instanceof Map && held.size > 1) held.delete(sub)
    else this.#byMain.delete(main)
  }

  deleteMain(main: number): void {
    for (const record of this.at(main)) this.#bytes -= record.kv.length
    this.#byMain.delete(main)
  }

  /** The records of one main revision, in order. */
  at(main: number): Iterable<RevisionRecord> {
    const held = this.#byMain.get(main)
    if (held === undefined) return []
    return held instanceof Map ? held.values() : [held]
  }

  /** The main revisions that are held, in order. */
  mains(): IterableIterator<number> {
    return this.#byMain.keys()
  }
}
