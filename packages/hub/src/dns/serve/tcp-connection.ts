import type { Socket } from 'node:net'
import type { Answers } from './answers.ts'

/** Questions that wait for an answer from elsewhere, and bytes that the asker has not read yet. */
const maxWaiting = 100
const maxUnreadBytes = 256 * 1024

export interface TcpConnectionEvents {
  /** A whole question has come, or an answer was taken. */
  onActive(): void
  onClosed(): void
}

/**
 * One asker's connection. Questions are answered as they come, in any number; those from elsewhere may be answered
 * later than others that follow (RFC 7766 6.2.1.1). Each answer goes out with its length in one write.
 */
export class TcpConnection {
  activeMs = 0
  readonly #socket: Socket
  readonly #answers: Answers
  readonly #events: TcpConnectionEvents
  readonly #address: string
  #unread: Buffer = Buffer.alloc(0)
  #waiting = 0
  #ended = false

  constructor(socket: Socket, answers: Answers, events: TcpConnectionEvents) {
    this.#socket = socket
    this.#answers = answers
    this.#events = events
    this.#address = socket.remoteAddress ?? ''
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('drain', () => {
      events.onActive()
      this.#resume()
    })
    socket.on('end', () => {
      this.#ended = true
      this.#endIfDone()
    })
    socket.on('error', () => {})
    socket.on('close', () => events.onClosed())
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    const bytes = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk])
    const ready: Buffer[] = []
    let at = 0
    while (at + 2 <= bytes.length) {
      const end = at + 2 + bytes.readUInt16BE(at)
      if (end > bytes.length) break
      this.#answer(bytes.subarray(at + 2, end), ready)
      at = end
    }
    // A copy, so that a few bytes do not keep a large chunk.
    this.#unread = Buffer.from(bytes.subarray(at))
    if (at > 0) this.#events.onActive()
    if (ready.length > 0) this.#socket.write(Buffer.concat(ready))
    if (this.#isFull) this.#socket.pause()
  }

  #answer(packet: Buffer, ready: Buffer[]): void {
    const asker = { address: this.#address, transport: 'tcp' } as const
    const response = this.#answers.respond(packet, asker)
    if (response === 'nothing') return
    if (Buffer.isBuffer(response)) {
      ready.push(framed(response))
      return
    }
    this.#waiting += 1
    // The packet is kept for as long as the answer takes.
    void this.#answers.askElsewhere(Buffer.from(packet), asker, response).then((answer) => {
      this.#waiting -= 1
      if (answer !== undefined && !this.#socket.destroyed) this.#socket.write(framed(answer))
      this.#resume()
      this.#endIfDone()
    })
  }

  get #isFull(): boolean {
    return this.#waiting >= maxWaiting || this.#socket.writableLength > maxUnreadBytes
  }

  #resume(): void {
    if (!this.#isFull && this.#socket.isPaused()) this.#socket.resume()
  }

  #endIfDone(): void {
    if (this.#ended && this.#waiting === 0) this.#socket.end()
  }
}

function framed(answer: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(answer.length + 2)
  frame.writeUInt16BE(answer.length, 0)
  answer.copy(frame, 2)
  return frame
}
