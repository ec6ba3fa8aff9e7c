import { type Database, open, type RootDatabase } from 'lmdb'
import { encodeCheckpoint } from './checkpoint.ts'
import { assertSoleReader } from './directory-lock.ts'
import { leaseKey, revisionKey } from './lmdb-keys.ts'
import { treeSize } from './lmdb-size.ts'
import type { PendingChanges } from './pending-changes.ts'
import { checkedEnd, revisionChecksumBytes, revisionSeed, withChecksum, writeChecked } from './record-checksum.ts'
import { checkpointName, entriesName, leasesName, revisionsName } from './tree-inspection.ts'

/**
 * Address space for the tree, so that the map need not move as it grows; beyond, it moves. On Windows the file
 * would be as large as the map.
 */
const mapBytes = process.platform === 'win32' ? undefined : 64 * 2 ** 30
const encodings = { keyEncoding: 'binary', encoding: 'binary' } as const

/** An LMDB environment with the trees of a store in it. */
export class LmdbTrees {
  readonly path: string
  readonly #directoryId: string
  readonly root: RootDatabase<Buffer, Buffer>
  readonly revisions: Database<Buffer, Buffer>
  readonly leases: Database<Buffer, Buffer>
  readonly entries: Database<Buffer, Buffer>

  /**
   * @param directory the data directory's name in messages
   * @param directoryId what FORMAT calls it
   */
  constructor(path: string, directory: string, directoryId: string) {
    this.path = path
    this.#directoryId = directoryId
    this.root = open<Buffer, Buffer>({
      path,
      maxDbs: 4,
      // Commits that are durable when they are reported, in LMDB's own order of writes.
      overlappingSync: false,
      // A transaction is what one batch says, not whatever else happens in the same turn of the event loop.
      eventTurnBatching: false,
      ...(mapBytes === undefined ? {} : { mapSize: mapBytes }),
      ...encodings,
    })
    try {
      assertSoleReader(directory, this.root)
    } catch (error) {
      this.root.close().catch(() => {})
      throw error
    }
    this.revisions = this.root.openDB<Buffer, Buffer>({ name: revisionsName, ...encodings })
    this.leases = this.root.openDB<Buffer, Buffer>({ name: leasesName, ...encodings })
    this.entries = this.root.openDB<Buffer, Buffer>({ name: entriesName, ...encodings })
  }

  get size(): { readonly bytes: number; readonly inUseBytes: number } {
    return treeSize(this.root, [this.revisions, this.leases, this.entries])
  }

  /**
   * The message of a revision, in memory that the next call overwrites. `damaged` when it is not the one that was
   * written; undefined when there is none.
   */
  valueOf(main: number, sub: number): Uint8Array | 'damaged' | undefined {
    const bytes = this.revisions.getBinaryFast(revisionKey(main, sub, false))
    if (bytes === undefined) return undefined
    const end = checkedEnd(bytes, 0, bytes.length, revisionSeed(main, sub, false))
    return end < 0 ? 'damaged' : bytes.subarray(0, end)
  }

  /** Makes all of the changes, or, when it rejects, none. They are durable when it resolves. */
  async write(changes: PendingChanges): Promise<void> {
    // One piece of memory for all values, which LMDB reads until the commit is done.
    const memory = Buffer.allocUnsafe(sizeOfValues(changes))
    let at = 0
    try {
      await this.root.batch(() => {
        for (const { main, sub, tombstone, record } of changes.revisions) {
          const key = revisionKey(main, sub, tombstone)
          if (record === undefined) this.revisions.remove(key)
          else {
            const end = writeChecked(memory, at, record)
            this.revisions.put(key, memory.subarray(at, end))
            at = end
          }
        }
        for (const [id, ttlSeconds] of changes.leases) {
          const key = leaseKey(id)
          if (ttlSeconds === undefined) this.leases.remove(key)
          else this.leases.put(key, withChecksum(key, Buffer.from(String(ttlSeconds))))
        }
        for (const [name, value] of changes.entries) {
          const key = Buffer.from(name)
          if (value === undefined) this.entries.remove(key)
          else this.entries.put(key, withChecksum(key, value))
        }
        const key = Buffer.from(checkpointName)
        this.entries.put(key, withChecksum(key, encodeCheckpoint(changes.at, changes.digest, this.#directoryId)))
      })
    } catch (error) {
      throw await reasonOf(error)
    }
  }

  /**
   * Writes everything into `target`, which is empty, a slice at a time. Not LMDB's own compacting copy, because
   * environments that came of it were found to break when they went on to free pages (lmdb 3.5, lmdb-js issue 198).
   */
  async copyTo(target: LmdbTrees): Promise<void> {
    for (const name of ['revisions', 'leases', 'entries'] as const) await copy(this[name], target.root, target[name])
  }

  close(): Promise<void> {
    return this.root.close()
  }
}

/**
 * What a slice of a copy takes: a millisecond or two to read, and one commit. The pages of a commit are allocated by
 * whichever thread of the pool makes it, and malloc keeps them for that thread: large ones would add up.
 */
const sliceItems = 1_000
const sliceBytes = 512 * 1024
const lowestKey = Buffer.alloc(1)

async function copy(
  from: Database<Buffer, Buffer>,
  root: RootDatabase<Buffer, Buffer>,
  to: Database<Buffer, Buffer>,
): Promise<void> {
  for (let start: Buffer | undefined = lowestKey; start !== undefined; ) {
    const slice: { key: Buffer; value: Buffer }[] = []
    let bytes = 0
    let next: Buffer | undefined
    for (const { key, value } of from.getRange({ start })) {
      if (slice.length >= sliceItems || bytes >= sliceBytes) {
        next = Buffer.from(key)
        break
      }
      slice.push({ key: Buffer.from(key), value })
      bytes += value.length
    }
    try {
      await root.batch(() => {
        for (const { key, value } of slice) to.put(key, value)
      })
    } catch (error) {
      throw await reasonOf(error)
    }
    start = next
  }
}

function sizeOfValues({ revisions }: PendingChanges): number {
  let bytes = 0
  for (const { record } of revisions) if (record !== undefined) bytes += record.kv.length + revisionChecksumBytes
  return bytes
}

/** LMDB's promise of a commit rejects with an error that only points at another promise, which tells why. */
async function reasonOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error
  const isLate = new Promise((resolve) => setImmediate(resolve, error))
  return Promise.race([error.commitError, isLate]).catch((cause: unknown) => cause)
}
