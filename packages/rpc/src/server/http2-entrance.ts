import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '@waypost/core'
import { AuthorityFilter } from './authority-filter.ts'
import { FilteredSocket } from './filtered-socket.ts'
import { emptySettings, FrameType, flagAck, frameAt, type Http2Frame } from './http2-frame.ts'
import { prefaceBytes } from './protocol-sniffer.ts'

/** No client needs more than this before its first call. */
const maxHeldBytes = 1024 * 1024

const quietTypes: readonly number[] = [FrameType.SETTINGS, FrameType.WINDOW_UPDATE, FrameType.PRIORITY]

/**
 * Holds an HTTP/2 connection until its first request shows whether its authorities must be filtered, then hands over
 * either the bare socket, which is the rule, or a filtered one.
 *
 * Many clients wait for the server's settings before their first request. So an empty SETTINGS frame is sent ahead of
 * node's own, and the client's acknowledgement of it, which node would not expect, is taken out of what it is given.
 */
export class Http2Entrance {
  readonly #socket: Socket
  readonly #onReady: (transport: Duplex) => void
  readonly #onData = (chunk: Buffer): void => this.#take(chunk)
  readonly #stop: () => void
  #held: Buffer = Buffer.alloc(0)
  #offset = prefaceBytes
  #settingsSent = false
  #acknowledged = false
  #requestSeen = false

  constructor(socket: Socket, clock: Clock, timeoutMs: number, onReady: (transport: Duplex) => void) {
    this.#socket = socket
    this.#onReady = onReady
    // Only the acknowledgement is due in a time: a client may stay idle before its first call.
    const timer = clock.after(timeoutMs, () => this.#acknowledged || socket.destroy(), { ref: false })
    this.#stop = () => {
      timer.cancel()
      socket.off('data', this.#onData)
      socket.off('close', this.#stop)
    }
    socket.on('close', this.#stop)
    socket.on('data', this.#onData)
    socket.setKeepAlive(true, 30_000)
    socket.resume()
  }

  #take(chunk: Buffer): void {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    let frame: Http2Frame | undefined = frameAt(this.#held, this.#offset)
    while (frame) {
      this.#look(frame)
      frame = frameAt(this.#held, this.#offset)
    }
    if (this.#requestSeen && (this.#acknowledged || !this.#settingsSent)) this.#handOver()
    else if (this.#held.length > maxHeldBytes) this.#socket.destroy()
    else if (!this.#settingsSent) {
      this.#settingsSent = true
      this.#socket.write(emptySettings)
    }
  }

  #look(frame: Http2Frame): void {
    const isAck = frame.type === FrameType.SETTINGS && (frame.flags & flagAck) !== 0
    if (isAck && this.#settingsSent && !this.#acknowledged) {
      this.#acknowledged = true
      this.#held = Buffer.concat([this.#held.subarray(0, frame.start), this.#held.subarray(frame.end)])
      return
    }
    if (!quietTypes.includes(frame.type)) this.#requestSeen = true
    this.#offset = frame.end
  }

  #handOver(): void {
    this.#stop()
    const socket = this.#socket
    socket.pause()
    const filter = new AuthorityFilter()
    const start = filter.filter(Buffer.from(this.#held.subarray(prefaceBytes)))
    if (filter.replaced) {
      const filtered = new FilteredSocket(socket, filter)
      filtered.push(Buffer.concat([this.#held.subarray(0, prefaceBytes), start]))
      this.#onReady(filtered)
    } else {
      socket.unshift(this.#held)
      this.#onReady(socket)
    }
  }
}
