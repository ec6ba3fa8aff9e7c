import { once } from 'node:events'
import { connect } from 'node:net'
import { endStream, frameTypes } from './frames.ts'
import type { Session } from './sessions.ts'

const deadlineMs = 10_000

/**
 * Sends all of it on a connection of its own, and waits until every call that must be answered has ended, or the
 * server has hung up. Rejects when neither happens.
 */
export async function play(port: number, { bytes, answered, isAbrupt }: Session): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  // A server may hang up on such a client as it likes.
  socket.on('error', () => {})
  const open = new Set(answered)
  let settle: () => void = () => {}
  const settled = new Promise<void>((resolve) => {
    settle = resolve
  })
  if (open.size === 0) settle()
  const ends = new StreamEnds((id) => {
    open.delete(id)
    if (open.size === 0) settle()
  })
  socket.on('data', (chunk) => ends.read(chunk))
  const late = new AbortController()
  try {
    await Promise.race([once(socket, 'connect'), closed])
    const written = new Promise<void>((resolve) => socket.write(bytes, () => resolve()))
    await Promise.race([written, closed])
    if (isAbrupt) return
    const timeUp = new Promise<never>((_resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`The streams ${[...open].slice(0, 5)} were not answered within ${deadlineMs} ms.`))
      }, deadlineMs)
      late.signal.addEventListener('abort', () => clearTimeout(timer))
    })
    await Promise.race([settled, closed, timeUp])
  } finally {
    late.abort()
    socket.destroy()
    await closed
  }
}

/** Finds in what a server sends the streams that have ended. */
class StreamEnds {
  readonly #onEnd: (id: number) => void
  #pending: Buffer = Buffer.alloc(0)

  constructor(onEnd: (id: number) => void) {
    this.#onEnd = onEnd
  }

  read(chunk: Buffer): void {
    let bytes = this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk
    while (bytes.length >= 9) {
      const end = 9 + bytes.readUIntBE(0, 3)
      if (bytes.length < end) break
      const type = bytes[3]
      const isLast = (type === frameTypes.data || type === frameTypes.headers) && ((bytes[4] ?? 0) & endStream) !== 0
      if (isLast || type === frameTypes.rstStream) this.#onEnd(bytes.readUInt32BE(5))
      bytes = bytes.subarray(end)
    }
    this.#pending = bytes
  }
}
