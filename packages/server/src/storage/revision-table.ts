import type { RevisionRecord } from './storage.ts'

/** Revisions in memory, by main revision. Added in order; deleted in any. */
export class RevisionTable {
  /** Most transactions change one key, so a list is made for the others only. */
  readonly #byMain = new Map<number, RevisionRecord | RevisionRecord[]>()
  #bytes = 0

  /** The bytes of the stored messages. */
  get bytes(): number {
    return this.#bytes
  }

  get(main: number, sub: number): RevisionRecord | undefined {
    const held = this.#byMain.get(main)
    if (held === undefined) return undefined
    if (!Array.isArray(held)) return held.sub === sub ? held : undefined
    return held.find((record) => record.sub === sub)
  }

  add(record: RevisionRecord): void {
    this.#bytes += record.kv.length
    const held = this.#byMain.get(record.main)
    if (held === undefined) this.#byMain.set(record.main, record)
    else if (Array.isArray(held)) held.push(record)
    else this.#byMain.set(record.main, [held, record])
  }

  delete(main: number, sub: number): void {
    const held = this.#byMain.get(main)
    if (held === undefined) return
    if (!Array.isArray(held)) {
      if (held.sub === sub) this.deleteMain(main)
      return
    }
    const rest = held.filter((record) => record.sub !== sub)
    for (const record of held) if (record.sub === sub) this.#bytes -= record.kv.length
    if (rest.length > 0) this.#byMain.set(main, rest)
    else this.#byMain.delete(main)
  }

  deleteMain(main: number): void {
    for (const record of this.at(main)) this.#bytes -= record.kv.length
    this.#byMain.delete(main)
  }

  /** The records of one main revision, in order. */
  at(main: number): readonly RevisionRecord[] {
    const held = this.#byMain.get(main)
    if (held === undefined) return []
    return Array.isArray(held) ? held : [held]
  }

  /** The main revisions that are held, in order. */
  mains(): IterableIterator<number> {
    return this.#byMain.keys()
  }
}
