import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import type { Answers, Bound } from './answers.ts'
import type { RateLimit } from './rate-limit.ts'

/** Askers come in bursts; what the kernel cannot keep is lost. */
const bufferBytes = 4 * 1024 * 1024

/** Questions over UDP. */
export class UdpListener {
  readonly #answers: Answers
  readonly #limit: RateLimit
  readonly #socket: Socket
  #closed = false

  constructor(host: string, answers: Answers, limit: RateLimit) {
    this.#answers = answers
    this.#limit = limit
    this.#socket = createSocket({
      type: isIPv6(host) ? 'udp6' : 'udp4',
      recvBufferSize: bufferBytes,
      sendBufferSize: bufferBytes,
      // Askers' addresses are never names: nothing is to be looked up before an answer is sent.
      lookup: (address, _options, callback) => callback(null, address, isIPv6(address) ? 6 : 4),
    })
  }

  /** Fails as the system refuses. */
  async listen({ host, port }: Bound): Promise<void> {
    // Where no name is to be looked up, it listens at once.
    const listening = once(this.#socket, 'listening')
    this.#socket.bind(port, host)
    await listening
    // An asker that is gone, or a full buffer: the asker asks again.
    this.#socket.on('error', () => {})
    this.#socket.on('message', (packet, from) => this.#take(packet, from.address, from.port))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const closed = once(this.#socket, 'close')
    this.#socket.close()
    await closed
  }

  #take(packet: Buffer, address: string, port: number): void {
    if (port === 0) return
    const may = this.#limit.take(address)
    if (may === 'drop') return
    if (may === 'truncate') {
      this.#send(this.#answers.truncated(packet), address, port)
      return
    }
    const asker = { address, transport: 'udp' } as const
    const response = this.#answers.respond(packet, asker)
    if (response === 'nothing') return
    if (Buffer.isBuffer(response)) this.#send(response, address, port)
    else void this.#answers.askElsewhere(packet, asker, response).then((answer) => this.#send(answer, address, port))
  }

  #send(answer: Buffer | undefined, address: string, port: number): void {
    // Without offset and length: with them, each answer would be sliced once more.
    if (answer !== undefined && !this.#closed) this.#socket.send(answer, port, address)
  }
}
