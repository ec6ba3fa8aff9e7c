/** The HTTP/2 frames that are looked at before node:http2 does. Source: RFC 9113, sections 4.1 and 6. */
export const FrameType = { DATA: 0, HEADERS: 1, PRIORITY: 2, SETTINGS: 4, WINDOW_UPDATE: 8, CONTINUATION: 9 } as const

const flagEndHeaders = 0x4
const flagPadded = 0x8
const flagPriority = 0x20
export const flagAck = 0x1

export const http2FrameHeaderBytes = 9

/** An empty SETTINGS frame. */
export const emptySettings = Buffer.from([0, 0, 0, FrameType.SETTINGS, 0, 0, 0, 0, 0])

export interface Http2Frame {
  readonly type: number
  readonly flags: number
  readonly start: number
  /** After the payload. */
  readonly end: number
}

/** The frame at `start`, if all of it is there. */
export function frameAt(bytes: Uint8Array, start: number): Http2Frame | undefined {
  if (bytes.length - start < http2FrameHeaderBytes) return undefined
  const [b2 = 0, b1 = 0, b0 = 0, type = 0, flags = 0] = bytes.subarray(start, start + 5)
  const end = start + http2FrameHeaderBytes + ((b2 << 16) | (b1 << 8) | b0)
  return end <= bytes.length ? { type, flags, start, end } : undefined
}

export function endsHeaders(frame: Http2Frame): boolean {
  return (frame.flags & flagEndHeaders) !== 0
}

/** The part of a HEADERS or CONTINUATION frame that belongs to the header block. */
export function blockFragment(bytes: Uint8Array, frame: Http2Frame): Uint8Array {
  let start = frame.start + http2FrameHeaderBytes
  let end = frame.end
  if (frame.type === FrameType.HEADERS) {
    if ((frame.flags & flagPadded) !== 0) {
      end -= bytes[start] ?? 0
      start += 1
    }
    if ((frame.flags & flagPriority) !== 0) start += 5
  }
  return bytes.subarray(start, Math.max(start, end))
}
