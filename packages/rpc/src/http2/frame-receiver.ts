import { ErrorCode, Http2Error } from './error-code.ts'
import { clientPreface, FrameFlag, FrameType, readUint31, readUint32 } from './frame.ts'
import { FrameParser, type FrameSink } from './frame-parser.ts'
import { HeaderAssembly } from './header-assembly.ts'
import type { HeaderList } from './header-list.ts'
import { HpackDecoder } from './hpack-decoder.ts'
import type { ResolvedHttp2Options } from './limits.ts'
import { readSettings, type SettingsChange } from './settings.ts'

/** What a connection is told of, frame by frame. Any of these may throw an `Http2Error`, which ends the connection. */
export interface FrameEvents {
  /** True once nothing more is wanted. */
  readonly isOver: boolean
  /** See `FrameSink.mustYield`. */
  readonly mustYield: boolean
  /** See `FrameSink.onData`; `endStream` is true with the last piece of the stream's last frame. */
  dataReceived(streamId: number, flowBytes: number, chunk: Buffer, start: number, end: number, endStream: boolean): void
  headersReceived(streamId: number, headers: HeaderList, endStream: boolean): void
  resetReceived(streamId: number, code: number): void
  settingsReceived(change: SettingsChange): void
  settingsAcknowledged(): void
  pingReceived(opaque: Buffer): void
  pingAcknowledged(opaque: Buffer): void
  goawayReceived(lastStreamId: number, code: number, message: string): void
  windowOpened(streamId: number, increment: number): void
  /** A frame that brings nothing on, and what it costs to look at. */
  idleFrameReceived(cost: number): void
}

/** A SETTINGS frame is looked at entry by entry, and answered. */
const settingsCost = 10

/** RFC 9113 and its extensions know about ten settings; each takes six bytes. */
const maxSettingsBytes = 6 * 64

/** The longest words of a GOAWAY frame that are of interest. */
const maxGoawayBytes = 64 * 1024

/** Holds frames to the rules that need no knowledge of streams: sizes, places, order, header blocks. */
export class FrameReceiver implements FrameSink {
  readonly #events: FrameEvents
  readonly #options: ResolvedHttp2Options
  readonly #parser: FrameParser
  readonly #hpack: HpackDecoder
  /** How much of the client's preface is still to come. */
  #prefaceLeft: number
  #sawSettings = false
  #assembly: HeaderAssembly | undefined
  /** Frames and header blocks that were completed. */
  completed = 0

  constructor(events: FrameEvents, options: ResolvedHttp2Options, expectPreface: boolean) {
    this.#events = events
    this.#options = options
    this.#parser = new FrameParser(this)
    this.#hpack = new HpackDecoder(options.maxHeaderBytes)
    this.#prefaceLeft = expectPreface ? clientPreface.length : 0
  }

  get sawSettings(): boolean {
    return this.#sawSettings
  }

  get isDeaf(): boolean {
    return this.#events.isOver
  }

  get mustYield(): boolean {
    return this.#events.mustYield
  }

  /** Whether a frame or a header block has begun that is not complete. The content of DATA does not count. */
  get isMidFrame(): boolean {
    return this.#parser.isMidFrame || this.#assembly !== undefined
  }

  /**
   * Takes the chunk from `start` on, and returns how far it came: see `FrameParser.push`. Throws an `Http2Error` when
   * the peer breaks a rule, and whatever `events` throws.
   */
  push(chunk: Buffer, start = 0): number {
    if (this.#prefaceLeft === 0) return this.#parser.push(chunk, start)
    const length = Math.min(this.#prefaceLeft, chunk.length - start)
    const from = clientPreface.length - this.#prefaceLeft
    if (clientPreface.compare(chunk, start, start + length, from, from + length) !== 0) {
      throw protocolError('the connection does not begin with the preface of HTTP/2')
    }
    this.#prefaceLeft -= length
    return this.#parser.push(chunk, start + length)
  }

  checkFrame(type: number, flags: number, streamId: number, length: number): void {
    const assembly = this.#assembly
    if (assembly !== undefined && (type !== FrameType.continuation || streamId !== assembly.streamId)) {
      throw protocolError('a header block is interrupted')
    }
    if (!this.#sawSettings && (type !== FrameType.settings || (flags & FrameFlag.ack) !== 0)) {
      throw protocolError('the first frame is not SETTINGS')
    }
    if (length > this.#options.maxFrameBytes) throw frameSizeError(type, length)
    switch (type) {
      case FrameType.data:
        if (streamId === 0) throw protocolError('DATA is for no stream')
        if (length === 0 && (flags & FrameFlag.padded) !== 0) throw frameSizeError(type, length)
        return
      case FrameType.headers:
        if (streamId === 0) throw protocolError('HEADERS is for no stream')
        this.#checkHeaderLength(length)
        return
      case FrameType.continuation:
        if (assembly === undefined) throw protocolError('CONTINUATION continues nothing')
        this.#checkHeaderLength(length)
        return
      case FrameType.priority:
        if (streamId === 0) throw protocolError('PRIORITY is for no stream')
        if (length !== 5) throw frameSizeError(type, length)
        return
      case FrameType.rstStream:
        if (streamId === 0) throw protocolError('RST_STREAM is for no stream')
        if (length !== 4) throw frameSizeError(type, length)
        return
      case FrameType.windowUpdate:
        if (length !== 4) throw frameSizeError(type, length)
        return
      case FrameType.settings:
        if (streamId !== 0) throw protocolError('SETTINGS is for a stream')
        if (length % 6 !== 0 || ((flags & FrameFlag.ack) !== 0 && length !== 0)) throw frameSizeError(type, length)
        if (length > maxSettingsBytes) throw frameSizeError(type, length)
        return
      case FrameType.ping:
        if (streamId !== 0) throw protocolError('PING is for a stream')
        if (length !== 8) throw frameSizeError(type, length)
        return
      case FrameType.goaway:
        if (streamId !== 0) throw protocolError('GOAWAY is for a stream')
        if (length < 8 || length > maxGoawayBytes) throw frameSizeError(type, length)
        return
      case FrameType.pushPromise:
        throw protocolError('PUSH_PROMISE is not allowed')
      default:
        this.#events.idleFrameReceived(1)
    }
  }

  onData(
    streamId: number,
    flags: number,
    flowBytes: number,
    chunk: Buffer,
    start: number,
    end: number,
    last: boolean,
  ): void {
    if (last) this.completed += 1
    this.#events.dataReceived(streamId, flowBytes, chunk, start, end, last && (flags & FrameFlag.endStream) !== 0)
  }

  onBadPadding(): never {
    throw protocolError('the padding of DATA is longer than the frame')
  }

  onFrame(type: number, flags: number, streamId: number, chunk: Buffer, start: number, end: number): void {
    const events = this.#events
    if (this.#assembly === undefined || (flags & FrameFlag.endHeaders) !== 0) this.completed += 1
    switch (type) {
      case FrameType.headers:
        this.#onHeaders(flags, streamId, chunk, start, end)
        return
      case FrameType.continuation:
        this.#onContinuation(flags, chunk.subarray(start, end))
        return
      case FrameType.rstStream:
        events.resetReceived(streamId, readUint32(chunk, start))
        return
      case FrameType.windowUpdate:
        events.windowOpened(streamId, readUint31(chunk, start))
        return
      case FrameType.settings:
        if ((flags & FrameFlag.ack) !== 0) {
          events.settingsAcknowledged()
          return
        }
        events.idleFrameReceived(settingsCost)
        this.#sawSettings = true
        events.settingsReceived(readSettings(chunk, start, end))
        return
      case FrameType.ping:
        if ((flags & FrameFlag.ack) !== 0) events.pingAcknowledged(chunk.subarray(start, end))
        else events.pingReceived(chunk.subarray(start, end))
        return
      case FrameType.goaway:
        events.goawayReceived(
          readUint31(chunk, start),
          readUint32(chunk, start + 4),
          chunk.toString('utf8', start + 8, end),
        )
        return
      default:
        // Priorities are obsolete: RFC 9113, section 5.3.
        if (readUint31(chunk, start) === streamId) throw protocolError('a stream depends on itself')
        events.idleFrameReceived(1)
    }
  }

  #onHeaders(flags: number, streamId: number, chunk: Buffer, start: number, end: number): void {
    let from = start
    let to = end
    if ((flags & FrameFlag.padded) !== 0) {
      to -= chunk[from] ?? 0
      from += 1
    }
    if ((flags & FrameFlag.priority) !== 0) {
      if (from + 5 <= to && readUint31(chunk, from) === streamId) throw protocolError('a stream depends on itself')
      from += 5
    }
    if (from > to || from > end) throw protocolError('HEADERS has no room for its padding or priority')
    const endStream = (flags & FrameFlag.endStream) !== 0
    if ((flags & FrameFlag.endHeaders) !== 0) {
      this.#events.headersReceived(streamId, this.#hpack.decode(chunk, from, to), endStream)
      return
    }
    this.#assembly = new HeaderAssembly(streamId, endStream, this.#options.maxHeaderBytes)
    this.#assembly.add(chunk.subarray(from, to))
  }

  #onContinuation(flags: number, fragment: Buffer): void {
    const assembly = this.#assembly
    if (assembly === undefined) return
    assembly.add(fragment)
    if ((flags & FrameFlag.endHeaders) === 0) return
    this.#assembly = undefined
    const block = assembly.block()
    this.#events.headersReceived(assembly.streamId, this.#hpack.decode(block, 0, block.length), assembly.endStream)
  }

  #checkHeaderLength(length: number): void {
    if (length > this.#options.maxHeaderBytes) {
      throw new Http2Error(ErrorCode.enhanceYourCalm, 'a header block is too large')
    }
  }
}

function protocolError(message: string): Http2Error {
  return new Http2Error(ErrorCode.protocolError, message)
}

function frameSizeError(type: number, length: number): Http2Error {
  return new Http2Error(ErrorCode.frameSizeError, `a frame of type ${type} has ${length} bytes`)
}
