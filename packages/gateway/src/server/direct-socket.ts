import { Socket } from 'node:net'

/** Every connection reads into it: what is to be kept is copied before the next turn of the event loop. */
const readBuffer = Buffer.allocUnsafeSlow(65_536)

/** Called with what has come; the bytes are lent for the time of the call. False: no more until `resume`. */
type BytesTaker = (bytes: Buffer) => boolean

/**
 * A client's connection that reads into one buffer, where others allocate 64 KiB for each read. It is a stream like
 * any other socket until somebody takes the bytes without it.
 */
export class DirectSocket extends Socket {
  #taker: BytesTaker | undefined

  private constructor(handle: object) {
    // Not in the types: it is what `net.Server` itself makes its sockets of.
    const options = {
      handle,
      allowHalfOpen: true,
      onread: { buffer: readBuffer, callback: (length: number) => this.#read(length) },
    }
    super(options)
  }

  /**
   * Takes the connection over from a socket that has not read anything yet; the old one is closed without it.
   * `undefined`, and nothing is changed, when this Node keeps the connection elsewhere.
   */
  static takeOver(accepted: Socket): DirectSocket | undefined {
    const handle: unknown = Reflect.get(accepted, '_handle')
    if (typeof handle !== 'object' || handle === null || !('useUserBuffer' in handle)) return undefined
    Reflect.set(accepted, '_handle', null)
    accepted.destroy()
    return new DirectSocket(handle)
  }

  /** From here on all bytes go to the taker, those first that wait in the stream. */
  takeBytes(taker: BytesTaker): void {
    this.#taker = taker
    const waiting: Buffer | null = this.read()
    if (waiting !== null) this.#give(waiting, taker)
  }

  /** It is a stream again. */
  streamBytes(): void {
    this.#taker = undefined
  }

  #read(length: number): boolean {
    const bytes = readBuffer.subarray(0, length)
    if (this.#taker === undefined) return this.push(Buffer.from(bytes))
    this.#give(bytes, this.#taker)
    return true
  }

  #give(bytes: Buffer, taker: BytesTaker): void {
    if (!taker(bytes)) this.pause()
  }
}
