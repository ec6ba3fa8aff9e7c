import fs from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf } from '@waypost/core'
import {
  type LogContent,
  type LogDirectory,
  type LogFile,
  type LogMark,
  LogSyncError,
  LogWriteError,
} from './log-directory.ts'
import { headName, manifestName } from './log-manifest.ts'
import { syncDirectory } from './sync-directory.ts'

/** Up to this size a write goes to the page cache in place: cheaper than a trip to another thread and back. */
const maxInPlaceBytes = 128 * 1024

const pieceBytes = 128 * 1024

/** What of a new file is written at once. */
const zeroBytes = 512 * 1024

const write = promisify(fs.write)
const unfinishedSuffix = '.tmp'

/** A log's directory on disk. */
export class FileLogDirectory implements LogDirectory {
  readonly #path: string
  readonly #markFolder: string

  /** @param markFolder where the marks are. Default: with the segments. */
  constructor(path: string, markFolder: string = path) {
    this.#path = path
    this.#markFolder = markFolder
  }

  /** Creates it if it does not exist, and removes what a crash has left of a file that was being made. */
  prepare(): void {
    fs.mkdirSync(this.#path, { recursive: true })
    for (const name of fs.readdirSync(this.#path))
      if (name.endsWith(unfinishedSuffix)) fs.rmSync(join(this.#path, name))
  }

  list(): string[] {
    return fs
      .readdirSync(this.#path)
      .filter((name) => name !== manifestName && name !== headName && !name.endsWith(unfinishedSuffix))
      .sort()
  }

  readNote(name: string): Buffer | undefined {
    const path = join(name === headName ? this.#markFolder : this.#path, name)
    return fs.existsSync(path) ? fs.readFileSync(path) : undefined
  }

  async writeNote(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.#path, name)
    const file = await open(path + unfinishedSuffix, 'w')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(path + unfinishedSuffix, path)
    await syncDirectory(this.#path)
  }

  async openMark(name: string): Promise<LogMark> {
    const file = await open(join(this.#markFolder, name), fs.constants.O_RDWR | fs.constants.O_CREAT)
    return {
      write: (bytes) => {
        fs.writeSync(file.fd, bytes, 0, bytes.length, 0)
      },
      close: () => file.close(),
    }
  }

  read(name: string): LogContent {
    const fd = fs.openSync(join(this.#path, name), 'r')
    try {
      const { size } = fs.fstatSync(fd)
      const bytes = Buffer.alloc(writtenEnd(fd, size))
      fs.readSync(fd, bytes, 0, bytes.length, 0)
      return { bytes, size }
    } finally {
      fs.closeSync(fd)
    }
  }

  async create(name: string, head: Uint8Array, size: number): Promise<void> {
    const path = join(this.#path, name)
    const file = await open(path + unfinishedSuffix, 'w')
    try {
      await file.writeFile(head)
      const zeros = Buffer.alloc(Math.min(size, zeroBytes))
      for (let left = size - head.length; left > 0; left -= zeros.length)
        await file.writeFile(left < zeros.length ? zeros.subarray(0, left) : zeros)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(path + unfinishedSuffix, path)
    await syncDirectory(this.#path)
  }

  async open(name: string): Promise<LogFile> {
    const file = await open(join(this.#path, name), 'r+')
    return new DiskLogFile(file)
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#path, name), { force: true })
    await syncDirectory(this.#path)
  }
}

class DiskLogFile implements LogFile {
  readonly #file: fs.promises.FileHandle

  constructor(file: fs.promises.FileHandle) {
    this.#file = file
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    const { fd } = this.#file
    try {
      for (let done = 0; done < bytes.length; ) {
        const length = bytes.length - done
        if (length <= maxInPlaceBytes) done += fs.writeSync(fd, bytes, done, length, position + done)
        else done += (await write(fd, bytes, done, length, position + done)).bytesWritten
      }
    } catch (error) {
      throw new LogWriteError(messageOf(error), { cause: error })
    }
    await sync(fd)
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** The end of the last piece that is not all zeros. */
function writtenEnd(fd: number, size: number): number {
  const piece = Buffer.alloc(pieceBytes)
  const zeros = Buffer.alloc(pieceBytes)
  for (let start = Math.floor(Math.max(0, size - 1) / pieceBytes) * pieceBytes; start > 0; start -= pieceBytes) {
    const length = fs.readSync(fd, piece, 0, pieceBytes, start)
    if (piece.compare(zeros, 0, length, 0, length) !== 0) return start + length
  }
  return Math.min(size, pieceBytes)
}

function sync(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fdatasync(fd, (error) => {
      if (error) reject(new LogSyncError(error.message, { cause: error }))
      else resolve()
    })
  })
}
