import { join } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'
import { encodeCheckpoint } from './checkpoint.ts'
import { assertSoleReader } from './directory-lock.ts'
import { type Meta, readMeta } from './lmdb-format.ts'
import { leaseKey, revisionKey } from './lmdb-keys.ts'
import { PageFile } from './lmdb-pages.ts'
import { treeSize } from './lmdb-size.ts'
import type { PendingChanges } from './pending-changes.ts'
import { checkedEnd, revisionChecksumBytes, revisionSeed, withChecksum, writeChecked } from './record-checksum.ts'
import { checkpointName, entriesName, leasesName, revisionsName, treeFileName } from './tree-inspection.ts'

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
   * @param mode `unsynced` when the file is synced afterwards, as a whole
   */
  constructor(path: string, directory: string, directoryId: string, mode: 'synced' | 'unsynced' = 'synced') {
    this.path = path
    this.#directoryId = directoryId
    this.root = open<Buffer, Buffer>({
      path,
      maxDbs: 4,
      // Commits that are durable when they are reported, in LMDB's own order of writes.
      overlappingSync: false,
      noSync: mode === 'unsynced',
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
   * Keeps the pages of the last commit in the file until `release`, so that they can be read there. Not to be called
   * during a commit.
   */
  pin(): { readonly meta: Meta; readonly release: () => void } {
    this.root.resetReadTxn()
    const reading = this.root.useReadTransaction()
    const file = new PageFile(join(this.path, treeFileName))
    try {
      const meta = readMeta(file.readAt)
      if (meta === undefined) throw new Error(`${this.path} does not hold a tree any more.`)
      return { meta, release: () => reading.done() }
    } catch (error) {
      reading.done()
      throw error
    } finally {
      file.close()
    }
  }

  close(): Promise<void> {
    return this.root.close()
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
