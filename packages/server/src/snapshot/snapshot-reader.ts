import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { WaypostError } from '@waypost/core'
import { BoltFormatError, BoltReader } from '../bolt/bolt-reader.ts'
import type { BoltItem } from '../bolt/bolt-writer.ts'

const hashBytes = 32
/** A database is a whole number of these. */
const unitBytes = 512
const readBytes = 1024 * 1024

/** An etcd snapshot: a database, followed by its SHA-256. */
export class SnapshotReader {
  readonly #path: string
  readonly #file: FileHandle
  readonly #buckets: BoltReader

  private constructor(path: string, file: FileHandle, buckets: BoltReader) {
    this.#path = path
    this.#file = file
    this.#buckets = buckets
  }

  /**
   * Reads the whole file once to see that it is what was written. Throws `WaypostError`: `not-found`, or
   * `invalid-argument` for a file that was cut off, damaged, or is something else.
   *
   * @param skipHashCheck takes a database file without the SHA-256 behind it, such as one copied out of a member
   */
  static async open(path: string, options: { readonly skipHashCheck?: boolean } = {}): Promise<SnapshotReader> {
    const file = await open(path, 'r').catch((cause: unknown) => {
      throw new WaypostError('not-found', `${path} cannot be read.`, { cause })
    })
    try {
      if (!options.skipHashCheck) await verify(path, file)
      return new SnapshotReader(path, file, await BoltReader.open(file))
    } catch (error) {
      await file.close()
      throw explained(path, error)
    }
  }

  /** The items of a bucket in the order of their keys; none when there is no such bucket. Throws like `open`. */
  async *items(bucket: string): AsyncGenerator<BoltItem> {
    try {
      yield* this.#buckets.items(bucket)
    } catch (error) {
      throw explained(this.#path, error)
    }
  }

  get totalBytes(): number {
    return this.#buckets.totalBytes
  }

  get bucketNames(): string[] {
    return this.#buckets.bucketNames
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

async function verify(path: string, file: FileHandle): Promise<void> {
  const { size } = await file.stat()
  if (size % unitBytes !== hashBytes)
    throw unsound(
      path,
      `${size} bytes are no database with a SHA-256 behind it: it was truncated, or is another kind of file`,
    )
  const hash = createHash('sha256')
  await readInto(hash, file, size - hashBytes)
  const stored = Buffer.alloc(hashBytes)
  await file.read(stored, 0, hashBytes, size - hashBytes)
  if (!hash.digest().equals(stored)) throw unsound(path, 'its SHA-256 is not the one at its end')
}

async function readInto(hash: Hash, file: FileHandle, bytes: number): Promise<void> {
  const buffer = Buffer.alloc(readBytes)
  for (let done = 0; done < bytes; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(readBytes, bytes - done), done)
    if (bytesRead === 0) return
    hash.update(buffer.subarray(0, bytesRead))
    done += bytesRead
  }
}

export function unsound(path: string, why: string, cause?: unknown): WaypostError {
  return new WaypostError('invalid-argument', `${path} is not a valid etcd snapshot: ${why}.`, { cause })
}

function explained(path: string, error: unknown): unknown {
  return error instanceof BoltFormatError ? unsound(path, error.message.replace(/\.$/, ''), error) : error
}
