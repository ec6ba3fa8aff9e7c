import { FrameFlag, FrameType, frameHeaderBytes, readUint31 } from './frame.ts'

/** Takes the frames that a parser finds. */
export interface FrameSink {
  /** True once no frame is wanted any more. */
  readonly isDeaf: boolean
  /** True when others should have their turn before the next frame is looked at. Asked between frames. */
  readonly mustYield: boolean
  /**
   * Throws when no frame may begin like this. Called for every frame, before anything of it is kept, and again when a
   * frame that was kept is complete.
   */
  checkFrame(type: number, flags: number, streamId: number, length: number): void
  /**
   * A piece of a DATA frame's content, which stands in `chunk` from `start` to `end`.
   * @param flowBytes what the frame takes from the windows: told with its first piece, and 0 with the others
   * @param last whether the piece is the frame's last
   */
  onData(
    streamId: number,
    flags: number,
    flowBytes: number,
    chunk: Buffer,
    start: number,
    end: number,
    last: boolean,
  ): void
  /** Any other frame; its payload stands in `chunk` from `start` to `end`. Not called for unknown types. */
  onFrame(type: number, flags: number, streamId: number, chunk: Buffer, start: number, end: number): void
  /** A DATA frame with so much padding has no room for it; throws. */
  onBadPadding(): never
}

/**
 * Cuts what arrives into frames, however the peer cut it into chunks. The content of DATA frames is passed on as it
 * comes; other frames are kept until they are complete. Of frames of unknown type nothing is kept.
 */
export class FrameParser {
  readonly #sink: FrameSink
  /** A frame, or the header of one, that is not complete yet. */
  #partial: Buffer = nothing
  #partialLength = 0
  /** The DATA frame whose content is under way. */
  #dataStream = 0
  #dataFlags = 0
  #dataFlowBytes = 0
  #dataLeft = 0
  #inData = false
  /** Padding, or the payload of an unknown frame, that is to be passed over. */
  #skip = 0

  constructor(sink: FrameSink) {
    this.#sink = sink
  }

  /** Whether a frame other than DATA has begun that is not complete. */
  get isMidFrame(): boolean {
    return this.#partialLength > 0
  }

  /** Takes the chunk from `from` on. Returns how far it came: less than the length when the sink had to yield. */
  push(chunk: Buffer, from = 0): number {
    const sink = this.#sink
    const end = chunk.length
    let at = from
    while (at < end && !sink.isDeaf) {
      if (this.#inData) {
        at = this.#pushData(chunk, at)
        continue
      }
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, end - at)
        this.#skip -= skipped
        at += skipped
        continue
      }
      if (this.#partialLength > 0) {
        at = this.#complete(chunk, at)
        continue
      }
      const next = this.#parse(chunk, at, end)
      if (next === at) {
        this.#keep(chunk, at, end)
        return end
      }
      at = next
      if (at < end && sink.mustYield) return at
    }
    return end
  }

  /** Parses one frame that begins at `at`. Returns where the next begins, or `at` when more is needed. */
  #parse(chunk: Buffer, at: number, end: number): number {
    if (end - at < frameHeaderBytes) return at
    const length = ((chunk[at] ?? 0) << 16) | ((chunk[at + 1] ?? 0) << 8) | (chunk[at + 2] ?? 0)
    const type = chunk[at + 3] ?? 0
    const flags = chunk[at + 4] ?? 0
    const streamId = readUint31(chunk, at + 5)
    const payload = at + frameHeaderBytes
    if (type === FrameType.data) {
      let padding = 0
      let start = payload
      if ((flags & FrameFlag.padded) !== 0 && length > 0) {
        if (payload >= end) return at
        padding = 1 + (chunk[payload] ?? 0)
        start += 1
      }
      this.#sink.checkFrame(type, flags, streamId, length)
      if (padding > length) this.#sink.onBadPadding()
      const contentEnd = payload + length - (padding === 0 ? 0 : padding - 1)
      if (contentEnd <= end) {
        this.#skip = padding === 0 ? 0 : padding - 1
        this.#sink.onData(streamId, flags, length, chunk, start, contentEnd, true)
        return contentEnd
      }
      this.#inData = true
      this.#dataStream = streamId
      this.#dataFlags = flags
      this.#dataFlowBytes = length
      this.#dataLeft = contentEnd - start
      this.#skip = padding === 0 ? 0 : padding - 1
      return start
    }
    this.#sink.checkFrame(type, flags, streamId, length)
    if (type > FrameType.continuation) {
      this.#skip = length
      return payload
    }
    if (payload + length > end) return at
    this.#sink.onFrame(type, flags, streamId, chunk, payload, payload + length)
    return payload + length
  }

  #pushData(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#dataLeft)
    this.#dataLeft -= end - at
    const flowBytes = this.#dataFlowBytes
    this.#dataFlowBytes = 0
    this.#inData = this.#dataLeft > 0
    this.#sink.onData(this.#dataStream, this.#dataFlags, flowBytes, chunk, at, end, !this.#inData)
    return end
  }

  #keep(chunk: Buffer, at: number, end: number): void {
    const kept = end - at
    this.#partial = Buffer.allocUnsafe(this.#wanted(chunk, at, kept))
    chunk.copy(this.#partial, 0, at, end)
    this.#partialLength = kept
  }

  /** How many bytes to collect before it is worth another look. */
  #wanted(chunk: Buffer, at: number, available: number): number {
    if (available < frameHeaderBytes) return frameHeaderBytes
    const type = chunk[at + 3] ?? 0
    if (type === FrameType.data) return frameHeaderBytes + 1
    return frameHeaderBytes + (((chunk[at] ?? 0) << 16) | ((chunk[at + 1] ?? 0) << 8) | (chunk[at + 2] ?? 0))
  }

  #complete(chunk: Buffer, at: number): number {
    const taken = Math.min(this.#partial.length - this.#partialLength, chunk.length - at)
    chunk.copy(this.#partial, this.#partialLength, at, at + taken)
    this.#partialLength += taken
    if (this.#partialLength < this.#partial.length) return at + taken
    const partial = this.#partial
    this.#partial = nothing
    this.#partialLength = 0
    // A frame that began within `partial` and goes on in `chunk` has left its state behind.
    const next = this.#parse(partial, 0, partial.length)
    if (next === 0) this.#keep(partial, 0, partial.length)
    return at + taken
  }
}

const nothing: Buffer = Buffer.alloc(0)
