import type { RevisionRecord, Storage } from '../storage/storage.ts'

/** What one slice looks at, unless a single revision holds more: about a millisecond of work. */
const maxRevisions = 4_096
const maxRecords = 512
const maxBytes = 1024 * 1024

/**
 * The stored revisions with `from` ≤ main ≤ `to` in order, in slices between which other work is let in. What is
 * written meanwhile lies above `to`; that nothing of it is compacted away meanwhile is up to the caller.
 *
 * @param check throws to give up, before each slice
 */
export async function* revisionSlices(
  storage: Storage,
  from: number,
  to: number,
  check: () => void,
): AsyncGenerator<RevisionRecord[]> {
  for (let next = from; next <= to; ) {
    check()
    const last = Math.min(to, next + maxRevisions - 1)
    const records: RevisionRecord[] = []
    let bytes = 0
    let following = last + 1
    storage.scan(next, last, (record) => {
      const isFull = records.length >= maxRecords || bytes >= maxBytes
      if (isFull && records.at(-1)?.main !== record.main) {
        following = record.main
        return false
      }
      records.push(record)
      bytes += record.kv.length
      return true
    })
    next = following
    yield records
    await new Promise((resolve) => setImmediate(resolve))
  }
}
