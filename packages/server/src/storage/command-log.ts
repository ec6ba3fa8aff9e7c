import { randomInt } from 'node:crypto'
import { messageOf } from '@waypost/core'
import { type LogDirectory, type LogFile, type LogMark, LogSyncError } from './log-directory.ts'
import { encodeFrame, encodeSegmentHeader, frameSize, segmentHeaderBytes, segmentName } from './log-format.ts'
import { encodeHead, encodeManifest, headName, type ListedSegment, manifestName } from './log-manifest.ts'
import { replayLog, type ScannedLog, scanLog } from './log-scan.ts'
import type { ScannedSegment } from './log-segment.ts'

const defaultSegmentBytes = 8 * 1024 * 1024

/** Frames up to this size are made in the same memory again and again: there is one write at a time. */
const scratchBytes = 128 * 1024

export interface CommandLogOptions {
  readonly directory: LogDirectory
  /** Names the data directory in the log's own files, so that those of another one are noticed. Default: no name. */
  readonly directoryId?: string | undefined
  /**
   * Whether the log is one that was in use before: then every segment that its manifest lists must be there, and every
   * command that was acknowledged. Default false: what is there is taken for all, and a log is made when there is none.
   */
  readonly mustExist?: boolean | undefined
  /** What is there, when it was read already. */
  readonly scanned?: ScannedLog | undefined
  /** The last command that the tree behind the log holds; 0 when it holds none. Later ones are replayed. */
  readonly appliedIndex: number
  /** Called with every command after `appliedIndex`, in order. The bytes are a view of a large buffer. */
  readonly replay: (index: number, command: Buffer) => void
  /** The size of new segments. Default 8 MiB. A frame of one write must fit. */
  readonly segmentBytes?: number | undefined
  readonly onWarning?: ((message: string) => void) | undefined
  /** Called with the time that each write took to become durable, in milliseconds. */
  readonly onSync?: ((durationMs: number) => void) | undefined
}

/** A closed segment, kept until the tree holds all of it. */
interface Sealed {
  readonly sequence: number
  readonly lastIndex: number
}

/** A segment without frames. */
interface Blank {
  readonly sequence: number
  readonly salt: number
  readonly size: number
}

interface Active extends Blank {
  readonly file: LogFile
  position: number
}

/**
 * An append-only log of commands. A write is one frame, durable when its promise resolves; there is one write at a
 * time. Segments are prepared ahead, so that changing to the next one costs nothing.
 */
export class CommandLog {
  readonly #directory: LogDirectory
  readonly #segmentBytes: number
  readonly #onWarning: (message: string) => void
  readonly #onSync: ((durationMs: number) => void) | undefined
  readonly #directoryId: string
  readonly #sealed: Sealed[] = []
  readonly #mark: LogMark
  readonly #markBytes = encodeHead('', 0)
  #active: Active
  /** What the manifest says. */
  #segments: readonly ListedSegment[]
  #after: number
  /** The next segment, made in the background. */
  #prepared: Promise<Blank> | undefined
  #lastIndex: number
  /** Bytes behind the last good frame that a failed write may have left, to be zeroed before the next one. */
  #dirtyBytes = 0
  #broken: LogSyncError | undefined
  /** Changes of the list of segments, one after the other. */
  #changing: Promise<void> = Promise.resolve()
  readonly #scratch = Buffer.allocUnsafeSlow(scratchBytes)

  private constructor(
    options: CommandLogOptions,
    mark: LogMark,
    scanned: readonly ScannedSegment[],
    active: Active,
    after: number,
    lastIndex: number,
  ) {
    this.#directory = options.directory
    this.#directoryId = options.directoryId ?? ''
    this.#segmentBytes = options.segmentBytes ?? defaultSegmentBytes
    this.#onWarning = options.onWarning ?? (() => {})
    this.#onSync = options.onSync
    this.#mark = mark
    this.#active = active
    this.#after = after
    this.#lastIndex = lastIndex
    this.#segments = scanned.map(({ sequence, salt }) => ({ sequence, salt }))
    for (const { sequence, lastIndex } of scanned) {
      if (sequence === active.sequence) break
      if (lastIndex !== undefined) this.#sealed.push({ sequence, lastIndex })
    }
  }

  /**
   * Reads what is there and replays it. Throws `WaypostError`: `data-dir-foreign` when it is damaged, `data-loss` when
   * something is missing that was there.
   */
  static async open(options: CommandLogOptions): Promise<CommandLog> {
    const { directory, directoryId = '', appliedIndex, mustExist = false } = options
    const found = options.scanned ?? scanLog({ directory, directoryId, appliedIndex, mustExist })
    replayLog(directory, found, appliedIndex, options.replay)
    for (const name of found.leftovers) await directory.remove(name)
    const scanned = [...found.segments]
    if (scanned.length === 0) {
      const { salt, size } = await createSegment(directory, 1, options.segmentBytes ?? defaultSegmentBytes)
      const end = segmentHeaderBytes
      scanned.push({ sequence: 1, salt, size, firstIndex: undefined, lastIndex: undefined, end, dirtyEnd: end })
    }
    const last = scanned.findLast((segment) => segment.lastIndex !== undefined || segment.dirtyEnd > segment.end)
    const active = last ?? (scanned[0] as ScannedSegment)
    const { sequence, salt, size, end, dirtyEnd } = active
    const file = await directory.open(segmentName(sequence))
    let mark: LogMark | undefined
    try {
      mark = await directory.openMark(headName)
      if (dirtyEnd > end) await file.write(Buffer.alloc(dirtyEnd - end), end)
      const opened = { sequence, salt, size, file, position: end }
      const log = new CommandLog(options, mark, scanned, opened, found.after, found.lastIndex)
      if (!found.isListed) await log.#list(log.#segments, log.#after)
      log.#markLast()
      const next = scanned.find((segment) => segment.sequence === sequence + 1)
      if (next !== undefined) log.#prepared = Promise.resolve(next)
      else log.#prepare()
      return log
    } catch (error) {
      await mark?.close()
      await file.close()
      throw error
    }
  }

  get lastIndex(): number {
    return this.#lastIndex
  }

  /**
   * Appends the commands, with the indexes after `lastIndex`, and makes them durable. Rejects with `LogSyncError`
   * when their fate is unknown and the log has stopped for good; with another error nothing was written.
   * Must not be called before the previous write has settled.
   */
  async write(commands: readonly Uint8Array[]): Promise<void> {
    if (this.#broken) throw this.#broken
    const size = frameSize(commands)
    if (this.#dirtyBytes > 0) await this.#clean()
    if (this.#active.position + size > this.#active.size) await this.#advance(size)
    const { file, position, salt } = this.#active
    const memory = size > scratchBytes ? Buffer.allocUnsafe(size) : this.#scratch.subarray(0, size)
    const frame = encodeFrame(commands, this.#lastIndex + 1, salt, memory)
    const sinceMs = performance.now()
    try {
      await file.write(frame, position)
    } catch (error) {
      if (error instanceof LogSyncError) this.#broken = error
      else this.#dirtyBytes = frame.length
      throw error
    }
    this.#onSync?.(performance.now() - sinceMs)
    this.#active.position = position + size
    this.#lastIndex += commands.length
    this.#markLast()
  }

  /** Removes the segments that hold no command after `index`, which must be durable in the tree. */
  dropThrough(index: number): void {
    const dropped: Sealed[] = []
    while (this.#sealed[0] !== undefined && this.#sealed[0].lastIndex <= index)
      dropped.push(this.#sealed.shift() as Sealed)
    const last = dropped.at(-1)
    if (last === undefined) return
    this.#change(async () => {
      await this.#list(
        this.#segments.filter(({ sequence }) => sequence > last.sequence),
        last.lastIndex,
      )
      for (const { sequence } of dropped) await this.#directory.remove(segmentName(sequence))
    }).catch((error: unknown) => {
      this.#sealed.unshift(...dropped.filter(({ sequence }) => this.#segments[0]?.sequence === sequence))
      this.#onWarning(`The log's files cannot be removed: ${messageOf(error)}`)
    })
  }

  /** Waits for work in the background. A write must not be under way. */
  async close(): Promise<void> {
    await this.#prepared?.catch(() => {})
    await this.#changing
    await this.#mark.close()
    await this.#active.file.close()
  }

  #change<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(change)
    this.#changing = done.then(
      () => {},
      () => {},
    )
    return done
  }

  /** Makes it durable that these are the log's segments. */
  async #list(segments: readonly ListedSegment[], after: number): Promise<void> {
    await this.#directory.writeNote(manifestName, encodeManifest({ directory: this.#directoryId, after, segments }))
    this.#segments = segments
    this.#after = after
  }

  #markLast(): void {
    this.#mark.write(encodeHead(this.#directoryId, this.#lastIndex, this.#markBytes))
  }

  /** Zeroes what a failed write has left, so that it cannot be taken for damage later. */
  async #clean(): Promise<void> {
    try {
      await this.#active.file.write(Buffer.alloc(this.#dirtyBytes), this.#active.position)
    } catch (error) {
      if (error instanceof LogSyncError) this.#broken = error
      throw error
    }
    this.#dirtyBytes = 0
  }

  async #advance(size: number): Promise<void> {
    if (segmentHeaderBytes + size > this.#segmentBytes)
      throw new RangeError(`A frame of ${size} bytes does not fit into a segment of ${this.#segmentBytes}.`)
    this.#prepared ??= this.#createNext()
    let next: Blank
    try {
      next = await this.#prepared
    } catch (error) {
      this.#prepared = undefined
      throw error
    }
    const file = await this.#directory.open(segmentName(next.sequence))
    const previous = this.#active
    this.#sealed.push({ sequence: previous.sequence, lastIndex: this.#lastIndex })
    const { sequence, salt } = next
    this.#active = { sequence, salt, size: next.size, file, position: segmentHeaderBytes }
    this.#prepare()
    await previous.file.close()
  }

  /** Starts on the next segment. A failure shows when the segment is needed, and then it is tried again. */
  #prepare(): void {
    this.#prepared = this.#createNext()
    this.#prepared.catch(() => {})
  }

  /** The segment is listed before it is used, so that its loss is noticed. */
  #createNext(): Promise<Blank> {
    return this.#change(async () => {
      const sequence = (this.#segments.at(-1)?.sequence ?? 0) + 1
      const blank = await createSegment(this.#directory, sequence, this.#segmentBytes)
      await this.#list([...this.#segments, { sequence, salt: blank.salt }], this.#after)
      return blank
    })
  }
}

async function createSegment(directory: LogDirectory, sequence: number, size: number): Promise<Blank> {
  const salt = randomInt(1, 2 ** 32)
  await directory.create(segmentName(sequence), encodeSegmentHeader({ sequence, size, salt }), size)
  return { sequence, salt, size }
}
