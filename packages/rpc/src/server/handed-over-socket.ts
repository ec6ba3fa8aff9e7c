import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Handover } from '../http2/first-bytes.ts'
import { clientPreface, FrameFlag, FrameType } from '../http2/frame.ts'
import { FrameFilter } from './frame-filter.ts'

/**
 * A socket on which settings have been exchanged before it was handed over. Its new owner begins again, with all that
 * the client has said; so what only answers the other owner is taken out in both directions. Slower than a bare
 * socket, which node reads natively.
 */
export class HandedOverSocket extends Duplex {
  readonly #socket: Socket
  readonly #incoming: FrameFilter
  readonly #outgoing: FrameFilter

  constructor(socket: Socket, { answered, unanswered, settingsAnswered }: Handover) {
    super()
    this.#socket = socket
    let acknowledgementsIn = 1
    this.#incoming = new FrameFilter(clientPreface.length, (type, flags) => {
      if ((flags & FrameFlag.ack) === 0) return false
      if (type === FrameType.ping) return true
      return type === FrameType.settings && acknowledgementsIn-- > 0
    })
    let acknowledgementsOut = settingsAnswered
    this.#outgoing = new FrameFilter(
      0,
      (type, flags) => type === FrameType.settings && (flags & FrameFlag.ack) !== 0 && acknowledgementsOut-- > 0,
    )
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('end', () => this.push(null))
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
    this.#receive(answered)
    this.#receive(unanswered)
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const passed = this.#outgoing.filter(chunk)
    if (passed.length > 0) this.#socket.write(passed, done)
    else done()
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done())
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }

  #receive(chunk: Buffer): void {
    const passed = this.#incoming.filter(chunk)
    if (passed.length > 0 && !this.push(passed)) this.#socket.pause()
  }
}
