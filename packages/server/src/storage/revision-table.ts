import type { RevisionRecord } from './storage.ts'

/** The records of one main revision, each at the index that is its sub. */
interface Records {
  readonly bySub: (RevisionRecord | undefined)[]
  count: number
  bytes: number
}

/** Revisions in memory, by main revision. Added in order; deleted in any. */
export class RevisionTable {
  /** Most transactions change one key, so a list of subs is made for the others only. */
  readonly #byMain = new Map<number, RevisionRecord | Records>()
  #bytes = 0

  /** The bytes of the stored messages. */
  get bytes(): number {
    return this.#bytes
  }

  get(main: number, sub: number): RevisionRecord | undefined {
    const held = this.#byMain.get(main)
    if (held === undefined) return undefined
    if ('bySub' in held) return held.bySub[sub]
    return held.sub === sub ? held : undefined
  }

  add(record: RevisionRecord): void {
    this.#bytes += record.kv.length
    const held = this.#byMain.get(record.main)
    if (held === undefined) this.#byMain.set(record.main, record)
    else if ('bySub' in held) put(held, record)
    else {
      const records: Records = { bySub: [], count: 0, bytes: 0 }
      put(records, held)
      put(records, record)
      this.#byMain.set(record.main, records)
    }
  }

  delete(main: number, sub: number): void {
    const held = this.#byMain.get(main)
    const record = this.get(main, sub)
    if (held === undefined || record === undefined) return
    this.#bytes -= record.kv.length
    if ('bySub' in held && held.count > 1) {
      held.bySub[sub] = undefined
      held.count -= 1
      held.bytes -= record.kv.length
    } else this.#byMain.delete(main)
  }

  deleteMain(main: number): void {
    const held = this.#byMain.get(main)
    if (held === undefined) return
    this.#bytes -= 'bySub' in held ? held.bytes : held.kv.length
    this.#byMain.delete(main)
  }

  /** The records of one main revision from a sub on, in order. */
  *at(main: number, fromSub = 0): Generator<RevisionRecord> {
    const held = this.#byMain.get(main)
    if (held === undefined) return
    if (!('bySub' in held)) {
      if (held.sub >= fromSub) yield held
      return
    }
    for (let sub = fromSub; sub < held.bySub.length; sub++) {
      const record = held.bySub[sub]
      if (record !== undefined) yield record
    }
  }

  /** The main revisions that are held, in order. */
  mains(): IterableIterator<number> {
    return this.#byMain.keys()
  }
}

function put(records: Records, record: RevisionRecord): void {
  records.bySub[record.sub] = record
  records.count += 1
  records.bytes += record.kv.length
}
