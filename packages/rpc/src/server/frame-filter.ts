import { frameHeaderBytes } from '../http2/frame.ts'

/** Passes on HTTP/2 frames as they come, but for some that are left out. Holds back no more than a frame's header. */
export class FrameFilter {
  readonly #isUnwanted: (type: number, flags: number) => boolean
  /** Bytes that are not looked at, and whether they are passed on. */
  #left: number
  #passing = true
  #header: Buffer = Buffer.alloc(0)

  /** @param prefaceBytes what comes before the first frame */
  constructor(prefaceBytes: number, isUnwanted: (type: number, flags: number) => boolean) {
    this.#left = prefaceBytes
    this.#isUnwanted = isUnwanted
  }

  /** Takes what came and returns what may go on. */
  filter(chunk: Buffer): Buffer {
    const bytes = this.#header.length === 0 ? chunk : Buffer.concat([this.#header, chunk])
    const passed: Buffer[] = []
    let at = 0
    for (;;) {
      const end = Math.min(at + this.#left, bytes.length)
      if (this.#passing && end > at) passed.push(bytes.subarray(at, end))
      this.#left -= end - at
      at = end
      if (this.#left > 0 || bytes.length - at < frameHeaderBytes) break
      this.#left = frameHeaderBytes + bytes.readUIntBE(at, 3)
      this.#passing = !this.#isUnwanted(bytes[at + 3] ?? 0, bytes[at + 4] ?? 0)
    }
    this.#header = bytes.subarray(at)
    return passed.length === 1 && passed[0] !== undefined ? passed[0] : Buffer.concat(passed)
  }
}
