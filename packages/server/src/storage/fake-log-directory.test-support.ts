import {
  type LogContent,
  type LogDirectory,
  type LogFile,
  type LogMark,
  LogSyncError,
  LogWriteError,
} from './log-directory.ts'
import { sectorBytes } from './log-format.ts'

/** What goes wrong next, and how much of the write gets through before it does. */
export type Fault = { readonly kind: 'write' | 'sync' | 'create'; readonly writtenBytes?: number | undefined }

/** Files in memory on a disk that can fail. */
export class FakeLogDirectory implements LogDirectory {
  readonly files = new Map<string, Buffer>()
  /** Small files that are replaced as a whole. */
  readonly notes = new Map<string, Buffer>()
  /** Small files that are not synced. */
  readonly marks = new Map<string, Buffer>()
  fault: Fault | undefined
  openFiles = 0

  /** What a loss of power leaves: the same files on another disk, without what was never synced. */
  copy(): FakeLogDirectory {
    const copy = new FakeLogDirectory()
    for (const [name, bytes] of this.notes) copy.notes.set(name, bytes)
    for (const [name, bytes] of this.files) copy.files.set(name, Buffer.from(bytes))
    return copy
  }

  list(): string[] {
    return [...this.files.keys()].sort()
  }

  readNote(name: string): Buffer | undefined {
    return this.notes.get(name) ?? this.marks.get(name)
  }

  async writeNote(name: string, bytes: Uint8Array): Promise<void> {
    this.notes.set(name, Buffer.from(bytes))
  }

  async openMark(name: string): Promise<LogMark> {
    return {
      write: (bytes) => {
        this.marks.set(name, Buffer.from(bytes))
      },
      close: async () => {},
    }
  }

  read(name: string): LogContent {
    const file = this.#file(name)
    const end = Math.max(sectorBytes, file.findLastIndex((byte) => byte !== 0) + 1)
    return { bytes: Buffer.from(file.subarray(0, end)), size: file.length }
  }

  async create(name: string, head: Uint8Array, size: number): Promise<void> {
    if (this.fault?.kind === 'create') throw new Error('ENOSPC: no space left on device')
    const bytes = Buffer.alloc(size)
    bytes.set(head)
    this.files.set(name, bytes)
  }

  async open(name: string): Promise<LogFile> {
    this.openFiles += 1
    return {
      write: async (bytes, position) => {
        const { fault } = this
        if (fault?.kind === 'write' || fault?.kind === 'sync')
          this.#file(name).set(bytes.subarray(0, fault.writtenBytes ?? 0), position)
        if (fault?.kind === 'write') throw new LogWriteError('ENOSPC: no space left on device')
        if (fault?.kind === 'sync') throw new LogSyncError('EIO: i/o error')
        this.#file(name).set(bytes, position)
      },
      close: async () => {
        this.openFiles -= 1
      },
    }
  }

  async remove(name: string): Promise<void> {
    this.files.delete(name)
  }

  #file(name: string): Buffer {
    const bytes = this.files.get(name)
    if (bytes === undefined) throw new Error(`no file ${name}`)
    return bytes
  }
}
