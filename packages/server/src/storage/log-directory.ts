/** The write of a log file failed in a way that leaves what was synced before untouched. */
export class LogWriteError extends Error {
  override readonly name = 'LogWriteError'
}

/** After a failed sync it is unknown what is on the disk, and another sync does not tell: the log must stop. */
export class LogSyncError extends Error {
  override readonly name = 'LogSyncError'
}

export interface LogFile {
  /** Writes all of `bytes` and makes them durable. Rejects with `LogWriteError` or `LogSyncError`. */
  write(bytes: Uint8Array, position: number): Promise<void>
  close(): Promise<void>
}

/** A file as it was read. */
export interface LogContent {
  /** The first sector, and all but most of the zeros at the end, of which a file that is written ahead consists. */
  readonly bytes: Buffer
  /** What the file has, those zeros among it. */
  readonly size: number
}

/** A small file that is overwritten in place and never synced. */
export interface LogMark {
  write(bytes: Uint8Array): void
  close(): Promise<void>
}

/** The few file operations that a log needs; a seam at which tests make disks fail. */
export interface LogDirectory {
  /** The names of the segments, and of all other files but notes and marks. */
  list(): string[]
  /** The content of a note or a mark; undefined when there is none. */
  readNote(name: string): Buffer | undefined
  /** Replaces a small file as a whole, durably. */
  writeNote(name: string, bytes: Uint8Array): Promise<void>
  openMark(name: string): Promise<LogMark>
  read(name: string): LogContent
  /** Makes a file of `size` bytes that starts with `head` and is zero after it, durable with its name. */
  create(name: string, head: Uint8Array, size: number): Promise<void>
  open(name: string): Promise<LogFile>
  remove(name: string): Promise<void>
}
