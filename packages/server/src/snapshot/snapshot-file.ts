import { createHash } from 'node:crypto'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { snapshotFolderPrefix } from '../storage/data-format.ts'

/** How many pieces are read from the file at once: half a megabyte of etcd's. */
const piecesPerRead = 16

/** A snapshot on its way: an etcd database in a temporary file, which `close` removes. */
export class SnapshotFile {
  readonly bytes: number
  readonly #file: FileHandle
  readonly #directory: string

  private constructor(file: FileHandle, directory: string, bytes: number) {
    this.#file = file
    this.#directory = directory
    this.bytes = bytes
  }

  /**
   * @param write writes the database to a path and returns its length in bytes
   * @param directory where there is room for a copy of the data; default the system's place for temporary files
   */
  static async write(write: (path: string) => Promise<number>, directory: string = tmpdir()): Promise<SnapshotFile> {
    const folder = await mkdtemp(join(directory, snapshotFolderPrefix))
    try {
      const path = join(folder, 'snapshot.db')
      const bytes = await write(path)
      return new SnapshotFile(await open(path, 'r'), folder, bytes)
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** The database in pieces of `pieceBytes`, the last one shorter, and then its SHA-256. Each overwrites the one before. */
  async *pieces(pieceBytes: number): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256')
    const memory = Buffer.allocUnsafeSlow(pieceBytes * piecesPerRead)
    for (let done = 0; done < this.bytes; ) {
      const length = Math.min(memory.length, this.bytes - done)
      const { bytesRead } = await this.#file.read(memory, 0, length, done)
      if (bytesRead < length) throw new Error('The snapshot file was cut off while it was sent.')
      for (let start = 0; start < length; start += pieceBytes) {
        const piece = memory.subarray(start, Math.min(start + pieceBytes, length))
        hash.update(piece)
        yield piece
      }
      done += length
    }
    yield hash.digest()
  }

  async close(): Promise<void> {
    await this.#file.close()
    await rm(this.#directory, { recursive: true, force: true })
  }
}
