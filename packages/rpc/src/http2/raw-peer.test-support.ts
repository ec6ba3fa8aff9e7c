import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { clientPreface, FrameType, readUint31, readUint32 } from './frame.ts'

export interface RawFrame {
  readonly type: number
  readonly flags: number
  readonly streamId: number
  readonly payload: Buffer
}

/** Bytes of a frame; nothing is checked. */
export function frame(type: number, flags = 0, streamId = 0, payload: Uint8Array | string = ''): Buffer {
  const bytes = Buffer.from(payload)
  const header = Buffer.alloc(9)
  header.writeUIntBE(bytes.length, 0, 3)
  header[3] = type
  header[4] = flags
  header.writeUInt32BE(streamId, 5)
  return Buffer.concat([header, bytes])
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export function settings(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  return Buffer.concat(pairs.map(([id, value]) => Buffer.concat([Buffer.of(id >> 8, id), uint32(value)])))
}

/** What a client says before its first request. */
export const clientOpening = Buffer.concat([clientPreface, frame(FrameType.settings)])

/** Speaks HTTP/2 frame by frame, right or wrong, as a test likes. */
export class RawPeer {
  readonly socket: Socket
  readonly frames: RawFrame[] = []
  isClosed = false
  #pending: Buffer = Buffer.alloc(0)
  #skip: number
  #wake: (() => void)[] = []

  /** @param skipBytes what comes before the first frame: the preface, when the peer is a client */
  constructor(socket: Socket, skipBytes = 0) {
    this.socket = socket
    this.#skip = skipBytes
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      this.isClosed = true
      this.#notify()
    })
  }

  send(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts))
  }

  /** Waits for a frame that fits, and takes it and what came before it away. Rejects when the connection ends first. */
  async next(fits: number | ((frame: RawFrame) => boolean)): Promise<RawFrame> {
    for (;;) {
      const index = this.frames.findIndex((each) => (typeof fits === 'number' ? each.type === fits : fits(each)))
      const found = this.frames[index]
      if (found !== undefined) {
        this.frames.splice(0, index + 1)
        return found
      }
      if (this.isClosed) throw new Error('The connection ended before the frame came.')
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
  }

  /** Waits until the peer has seen all that was sent: it answers pings in their order. */
  async settle(): Promise<void> {
    const mark = Buffer.from('settled!')
    this.send(frame(FrameType.ping, 0, 0, mark))
    const frames: RawFrame[] = []
    for (;;) {
      const next = await this.next(() => true)
      if (next.type === FrameType.ping && next.payload.equals(mark)) break
      frames.push(next)
    }
    this.frames.unshift(...frames)
  }

  async closed(): Promise<void> {
    if (!this.isClosed) await once(this.socket, 'close')
  }

  /** The code and words of the GOAWAY that ends the connection. */
  async goaway(): Promise<{ lastStreamId: number; code: number; message: string }> {
    const { payload } = await this.next(FrameType.goaway)
    return { lastStreamId: readUint31(payload, 0), code: readUint32(payload, 4), message: payload.toString('utf8', 8) }
  }

  #receive(chunk: Buffer): void {
    const skipped = Math.min(this.#skip, chunk.length)
    this.#skip -= skipped
    this.#pending = Buffer.concat([this.#pending, chunk.subarray(skipped)])
    while (this.#pending.length >= 9) {
      const end = 9 + this.#pending.readUIntBE(0, 3)
      if (this.#pending.length < end) break
      const bytes = this.#pending
      this.frames.push({
        type: bytes[3] ?? 0,
        flags: bytes[4] ?? 0,
        streamId: bytes.readUInt32BE(5),
        payload: bytes.subarray(9, end),
      })
      this.#pending = bytes.subarray(end)
    }
    this.#notify()
  }

  #notify(): void {
    const wake = this.#wake
    this.#wake = []
    for (const each of wake) each()
  }
}

/** Ports and sockets of one test; `close` leaves none behind. */
export class Loopback {
  readonly #servers = new Set<Server>()
  readonly #sockets = new Set<Socket>()

  /** Listens on a free port. */
  async listen(onSocket: (socket: Socket) => void): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      onSocket(socket)
    })
    this.#servers.add(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('There is no port.')
    return address.port
  }

  async connect(port: number): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    await once(socket, 'connect')
    return socket
  }

  /** Two ends of one connection. */
  async pair(): Promise<[client: Socket, server: Socket]> {
    let accept: (socket: Socket) => void = () => {}
    const accepted = new Promise<Socket>((resolve) => {
      accept = resolve
    })
    const port = await this.listen(accept)
    return [await this.connect(port), await accepted]
  }

  get openSockets(): number {
    return this.#sockets.size
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all([...this.#servers].map((server) => new Promise((resolve) => server.close(resolve))))
    this.#servers.clear()
  }
}
