import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { clientPreface, FrameFlag, FrameType, frameHeaderBytes } from '../http2/frame.ts'

/**
 * A socket on which settings have been sent before it was handed over: the acknowledgement of those, which its new
 * owner would not expect, is taken out of what it receives. Slower than a bare socket, which node reads natively.
 */
export class HandedOverSocket extends Duplex {
  readonly #socket: Socket
  #acknowledged = false
  /** Bytes that are not looked at: the preface, and the payload of the frame under way. */
  #passing = clientPreface.length
  #header: Buffer = nothing

  /** @param received what came before the socket was handed over, from the preface on */
  constructor(socket: Socket, received: Buffer) {
    super()
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('end', () => this.push(null))
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
    this.#receive(received)
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done())
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }

  #receive(chunk: Buffer): void {
    const passed = this.#acknowledged ? chunk : this.#filter(chunk)
    if (passed.length > 0 && !this.push(passed)) this.#socket.pause()
  }

  #filter(chunk: Buffer): Buffer {
    const bytes = Buffer.concat([this.#header, chunk])
    let at = Math.min(this.#passing, bytes.length)
    this.#passing -= at
    while (bytes.length - at >= frameHeaderBytes) {
      const isAcknowledgement = bytes[at + 3] === FrameType.settings && ((bytes[at + 4] ?? 0) & FrameFlag.ack) !== 0
      if (isAcknowledgement) {
        this.#acknowledged = true
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + frameHeaderBytes)])
      }
      const end = at + frameHeaderBytes + bytes.readUIntBE(at, 3)
      this.#passing = Math.max(0, end - bytes.length)
      at = Math.min(end, bytes.length)
    }
    this.#header = bytes.subarray(at)
    return bytes.subarray(0, at)
  }
}

const nothing: Buffer = Buffer.alloc(0)
