import { randomInt } from 'node:crypto'
import { messageOf, WaypostError } from '@waypost/core'
import { type LogDirectory, type LogFile, LogSyncError } from './log-directory.ts'
import {
  encodeFrame,
  encodeSegmentHeader,
  frameSize,
  segmentHeaderBytes,
  segmentName,
  sequenceOf,
} from './log-format.ts'
import { damaged, type ScannedSegment, scanSegment } from './log-segment.ts'

const defaultSegmentBytes = 8 * 1024 * 1024

/** Frames up to this size are made in the same memory again and again: there is one write at a time. */
const scratchBytes = 128 * 1024

export interface CommandLogOptions {
  readonly directory: LogDirectory
  /** The last command that the tree behind the log holds; 0 when it holds none. Later ones are replayed. */
  readonly appliedIndex: number
  /** Told of every command after `appliedIndex`, in order. The bytes are a view of a large buffer. */
  readonly replay: (index: number, command: Buffer) => void
  /** The size of new segments. Default 8 MiB. A frame of one write must fit. */
  readonly segmentBytes?: number | undefined
  readonly onWarning?: ((message: string) => void) | undefined
  /** Told how long each write took to be durable, in milliseconds. */
  readonly onSync?: ((durationMs: number) => void) | undefined
}

/** A closed segment, kept until the tree holds all of it. */
interface Sealed {
  readonly name: string
  readonly lastIndex: number
}

/** A segment without frames. */
interface Blank {
  readonly name: string
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
  readonly #sealed: Sealed[] = []
  #active: Active
  #nextSequence: number
  /** The next segment, made in the background. */
  #prepared: Promise<Blank> | undefined
  #lastIndex: number
  /** Bytes behind the last good frame that a failed write may have left, to be zeroed before the next one. */
  #dirtyBytes = 0
  #broken: LogSyncError | undefined
  #dropping: Promise<void> = Promise.resolve()
  readonly #scratch = Buffer.allocUnsafeSlow(scratchBytes)

  private constructor(
    options: CommandLogOptions,
    scanned: readonly ScannedSegment[],
    active: Active,
    lastIndex: number,
  ) {
    this.#directory = options.directory
    this.#segmentBytes = options.segmentBytes ?? defaultSegmentBytes
    this.#onWarning = options.onWarning ?? (() => {})
    this.#onSync = options.onSync
    this.#active = active
    this.#lastIndex = lastIndex
    this.#nextSequence = (scanned.at(-1)?.sequence ?? 1) + 1
    for (const { sequence, lastIndex } of scanned) {
      const name = segmentName(sequence)
      if (name === active.name) break
      if (lastIndex !== undefined) this.#sealed.push({ name, lastIndex })
    }
  }

  /** Reads what is there and replays it; throws `WaypostError` with `data-dir-foreign` when it is damaged. */
  static async open(options: CommandLogOptions): Promise<CommandLog> {
    const { directory, appliedIndex } = options
    const scanned: ScannedSegment[] = []
    let lastIndex: number | undefined
    for (const name of directory.list()) {
      const sequence = sequenceOf(name)
      const previous = scanned.at(-1)
      if (sequence === undefined) throw damaged(name, 'is not a file of Waypost')
      if (previous !== undefined && sequence !== previous.sequence + 1) throw damaged(name, 'has lost its predecessor')
      const segment = scanSegment(name, directory.read(name), (index, command) => {
        if (index !== (lastIndex ?? index - 1) + 1 || (lastIndex === undefined && index > appliedIndex + 1))
          throw damaged(name, `continues at command ${index}, and the ones before it are missing`)
        lastIndex = index
        if (index > appliedIndex) options.replay(index, command)
      })
      if (segment.sequence !== sequence) throw damaged(name, `calls itself segment ${segment.sequence}`)
      if (previous !== undefined && previous.dirtyEnd > previous.end && segment.lastIndex !== undefined)
        throw damaged(segmentName(previous.sequence), `is damaged at byte ${previous.end}`)
      scanned.push(segment)
    }
    if (lastIndex !== undefined && lastIndex < appliedIndex)
      throw new WaypostError(
        'data-dir-foreign',
        `The log ends at command ${lastIndex}, but the tree behind it holds ${appliedIndex}. Nothing was changed.`,
      )
    return CommandLog.#resume(options, scanned, lastIndex ?? appliedIndex)
  }

  static async #resume(options: CommandLogOptions, scanned: ScannedSegment[], lastIndex: number): Promise<CommandLog> {
    const { directory } = options
    if (scanned.length === 0) {
      const { salt, size } = await createSegment(directory, 1, options.segmentBytes ?? defaultSegmentBytes)
      const end = segmentHeaderBytes
      scanned.push({ sequence: 1, salt, size, lastIndex: undefined, end, dirtyEnd: end })
    }
    const last = scanned.findLast((segment) => segment.lastIndex !== undefined || segment.dirtyEnd > segment.end)
    const active = last ?? (scanned[0] as ScannedSegment)
    const name = segmentName(active.sequence)
    const file = await directory.open(name)
    if (active.dirtyEnd > active.end) await file.write(Buffer.alloc(active.dirtyEnd - active.end), active.end)
    const log = new CommandLog(
      options,
      scanned,
      { name, salt: active.salt, size: active.size, file, position: active.end },
      lastIndex,
    )
    const next = scanned.find((segment) => segment.sequence === active.sequence + 1)
    if (next !== undefined)
      log.#prepared = Promise.resolve({ name: segmentName(next.sequence), salt: next.salt, size: next.size })
    else log.#prepare()
    return log
  }

  get lastIndex(): number {
    return this.#lastIndex
  }

  /**
   * Appends the commands, with the indexes after `lastIndex`, and makes them durable. Rejects with `LogSyncError`
   * when their fate is unknown and the log has stopped for good; with another error nothing was written.
   * Not to be called before the previous write has settled.
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
  }

  /** Removes the segments that hold no command after `index`, which must be durable in the tree. */
  dropThrough(index: number): void {
    while (this.#sealed[0] !== undefined && this.#sealed[0].lastIndex <= index) {
      const { name } = this.#sealed[0]
      this.#sealed.shift()
      this.#dropping = this.#dropping
        .then(() => this.#directory.remove(name))
        .catch((error: unknown) => this.#onWarning(`The log file ${name} cannot be removed: ${messageOf(error)}`))
    }
  }

  /** Waits for work in the background. A write must not be under way. */
  async close(): Promise<void> {
    await this.#dropping
    await this.#prepared?.catch(() => {})
    await this.#active.file.close()
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
    const file = await this.#directory.open(next.name)
    const previous = this.#active
    this.#sealed.push({ name: previous.name, lastIndex: this.#lastIndex })
    this.#active = { ...next, file, position: segmentHeaderBytes }
    this.#prepare()
    await previous.file.close()
  }

  /** Starts on the next segment. A failure shows when the segment is needed, and then it is tried again. */
  #prepare(): void {
    this.#prepared = this.#createNext()
    this.#prepared.catch(() => {})
  }

  async #createNext(): Promise<Blank> {
    const blank = await createSegment(this.#directory, this.#nextSequence, this.#segmentBytes)
    this.#nextSequence += 1
    return blank
  }
}

async function createSegment(directory: LogDirectory, sequence: number, size: number): Promise<Blank> {
  const name = segmentName(sequence)
  const salt = randomInt(1, 2 ** 32)
  await directory.create(name, encodeSegmentHeader({ sequence, size, salt }), size)
  return { name, salt, size }
}
