import { blockFragment, endsHeaders, FrameType, frameAt, type Http2Frame } from './http2-frame.ts'
import { replaceOddAuthority } from './odd-authority.ts'

const nothing: Buffer = Buffer.alloc(0)

/** Passes on the frames of an HTTP/2 client, with odd authorities replaced. Holds at most one header block. */
export class AuthorityFilter {
  #rest = nothing
  /** Payload bytes of the frame under way that only pass through. */
  #passing = 0
  /** Whether a block has been changed. */
  replaced = false

  /** Takes what came and returns what may go on. */
  filter(chunk: Buffer): Buffer {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let offset = Math.min(this.#passing, bytes.length)
    this.#passing -= offset
    while (offset < bytes.length) {
      const next = this.#passFrame(bytes, offset)
      if (next === undefined) break
      offset = next
    }
    this.#rest = bytes.subarray(offset)
    return bytes.subarray(0, offset)
  }

  /** Where the frame, or the header block, at `offset` ends; undefined until there is enough of it. */
  #passFrame(bytes: Buffer, offset: number): number | undefined {
    if (bytes.length - offset < 9) return undefined
    if (bytes[offset + 3] !== FrameType.HEADERS) {
      const end = offset + 9 + bytes.readUIntBE(offset, 3)
      this.#passing = Math.max(0, end - bytes.length)
      return Math.min(end, bytes.length)
    }
    const fragments: Uint8Array[] = []
    let frame: Http2Frame | undefined
    do {
      frame = frameAt(bytes, frame?.end ?? offset)
      if (!frame) return undefined
      if (fragments.length > 0 && frame.type !== FrameType.CONTINUATION) return frame.start
      fragments.push(blockFragment(bytes, frame))
    } while (!endsHeaders(frame))
    this.#replaceIn(fragments)
    return frame.end
  }

  #replaceIn(fragments: readonly Uint8Array[]): void {
    const [only] = fragments
    if (fragments.length === 1 && only) {
      if (replaceOddAuthority(only)) this.replaced = true
      return
    }
    const block = Buffer.concat(fragments)
    if (!replaceOddAuthority(block)) return
    this.replaced = true
    let offset = 0
    for (const fragment of fragments) {
      fragment.set(block.subarray(offset, offset + fragment.length))
      offset += fragment.length
    }
  }
}
