import { createHash } from 'node:crypto'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EtcdBucket } from '../apply/etcd-buckets.ts'
import { BoltWriter } from '../bolt/bolt-writer.ts'
import { snapshotFolderPrefix } from '../storage/data-format.ts'

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

  /** @param directory where there is room for a copy of the data; default the system's place for temporary files */
  static async write(buckets: readonly EtcdBucket[], directory: string = tmpdir()): Promise<SnapshotFile> {
    const folder = await mkdtemp(join(directory, snapshotFolderPrefix))
    let file: FileHandle | undefined
    try {
      file = await open(join(folder, 'snapshot.db'), 'wx+')
      const writer = new BoltWriter(file)
      for (const { name, items } of buckets) await writer.bucket(name, items)
      return new SnapshotFile(file, folder, await writer.finish())
    } catch (error) {
      await file?.close()
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** The database in pieces of `pieceBytes`, the last one shorter, and then its SHA-256. Each overwrites the one before. */
  async *pieces(pieceBytes: number): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256')
    const memory = Buffer.allocUnsafeSlow(pieceBytes)
    for (let done = 0; done < this.bytes; ) {
      const piece = memory.subarray(0, Math.min(pieceBytes, this.bytes - done))
      const { bytesRead } = await this.#file.read(piece, 0, piece.length, done)
      if (bytesRead < piece.length) throw new Error('The snapshot file was cut off while it was sent.')
      hash.update(piece)
      done += bytesRead
      yield piece
    }
    yield hash.digest()
  }

  async close(): Promise<void> {
    await this.#file.close()
    await rm(this.#directory, { recursive: true, force: true })
  }
}
