import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

export const Frame = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, windowUpdate: 8, continuation: 9 } as const

/** Bytes of an HTTP/2 frame. */
export function frame(type: number, flags: number, streamId: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(9)
  header.writeUIntBE(payload.length, 0, 3)
  header[3] = type
  header[4] = flags
  header.writeUInt32BE(streamId, 5)
  return Buffer.concat([header, payload])
}

/** A literal header field that no table remembers. Source: RFC 7541, section 6.2.2. */
export function field(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0), hpackString(name), hpackString(value)])
}

/** The header block of a gRPC request. */
export function requestBlock(path: string, ...more: readonly Buffer[]): Buffer {
  // 0x83 is `:method: POST` and 0x86 `:scheme: http`.
  const pseudo = Buffer.concat([Buffer.of(0x83, 0x86), field(':path', path)])
  return Buffer.concat([pseudo, field('content-type', 'application/grpc'), field('te', 'trailers'), ...more])
}

function hpackString(text: string): Buffer {
  const bytes: number[] = []
  let rest = text.length - 0x7f
  if (rest < 0) bytes.push(text.length)
  else {
    bytes.push(0x7f)
    for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
    bytes.push(rest)
  }
  return Buffer.concat([Buffer.from(bytes), Buffer.from(text, 'latin1')])
}

/** A connection that sends as fast as the server takes it, and never reads what comes back. */
export class Flood {
  readonly #socket: Socket
  isClosed = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('close', () => {
      this.isClosed = true
    })
    socket.resume()
  }

  static async connect(port: number): Promise<Flood> {
    const socket = connect({ host: '127.0.0.1', port })
    await once(socket, 'connect')
    return new Flood(socket)
  }

  /** With an HTTP/2 connection's opening. */
  static async http2(port: number): Promise<Flood> {
    const flood = await Flood.connect(port)
    await flood.send(Buffer.concat([preface, frame(Frame.settings, 0, 0), frame(Frame.settings, 1, 0)]))
    return flood
  }

  /** Resolves when the server has room for more, or has cut the connection. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.isClosed || this.#socket.write(bytes)) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done)
        this.#socket.off('close', done)
        resolve()
      }
      this.#socket.on('drain', done)
      this.#socket.on('close', done)
    })
  }

  close(): void {
    this.#socket.destroy()
  }
}
