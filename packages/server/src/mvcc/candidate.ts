import type { KeyEntry, Revision } from './key-entry.ts'

/** A version found in a range; its message is read when it is needed. */
export interface Candidate extends Revision {
  readonly entry: KeyEntry
  /** Known from memory for the newest version of a key, else read from its message. */
  createRevision: number
  version: number
  kv: Uint8Array | undefined
  /** Filled for sorting by value. */
  value: Uint8Array
}

const noValue: Uint8Array = Buffer.alloc(0)

export function candidateOf(entry: KeyEntry, { main, sub }: Revision): Candidate {
  const isNewest = entry.main === main
  return {
    entry,
    main,
    sub,
    createRevision: isNewest ? entry.createRevision : 0,
    version: isNewest ? entry.version : 0,
    kv: undefined,
    value: noValue,
  }
}
