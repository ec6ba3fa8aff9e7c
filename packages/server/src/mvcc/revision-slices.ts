import type { Slices } from '@waypost/core'
import { asBuffer } from '@waypost/protocol'
import type { RevisionRecord, RevisionVisitor, Storage } from '../storage/storage.ts'

/** What is looked at before it is seen whether the slice is over, unless a single revision holds more. */
const maxRevisions = 1_024
const maxRecords = 128
const maxBytes = 256 * 1024

/**
 * Visits the stored revisions with `from` ≤ main ≤ `to` in order, in slices. What is written meanwhile lies above `to`;
 * that nothing of it is compacted away meanwhile is up to the caller.
 *
 * @param check throws to give up, before each slice
 */
export async function visitRevisions(
  storage: Storage,
  { from, to }: { readonly from: number; readonly to: number },
  slices: Slices,
  check: () => void,
  visit: RevisionVisitor,
): Promise<void> {
  await slices.run(steps(), check)

  function* steps(): Generator<void> {
    for (let next = from; next <= to; ) {
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
      for (const { main, sub, tombstone, kv } of records) visit(main, sub, tombstone, asBuffer(kv), 0, kv.length)
      yield
    }
  }
}
