import type { Storage } from '../storage/storage.ts'

/** How far compaction was ordered, and how far it has been carried out; the first is stored before the second. */
export type CompactionMark = 'scheduled' | 'finished'

/** −1 when there never was one. */
export function compactionMark(storage: Pick<Storage, 'entry'>, mark: CompactionMark): number {
  const stored = storage.entry(nameOf(mark))
  return stored === undefined ? -1 : Number(Buffer.from(stored).toString('ascii'))
}

export function putCompactionMark(storage: Storage, mark: CompactionMark, revision: number): void {
  storage.putEntry(nameOf(mark), Buffer.from(String(revision), 'ascii'))
}

function nameOf(mark: CompactionMark): string {
  return `compaction/${mark}`
}
