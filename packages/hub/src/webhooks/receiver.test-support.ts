import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a receiver was sent. */
export interface Received {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** How a receiver answers. */
export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A real receiver of webhooks, on loopback. */
export class Receiver {
  readonly url: string
  readonly received: Received[] = []
  /** The answer to the next requests; it may depend on what was sent. */
  answer: (received: Received) => Answer = () => ({})
  readonly #server: ReturnType<typeof createServer>

  private constructor(server: ReturnType<typeof createServer>, port: number) {
    this.#server = server
    this.url = `http://127.0.0.1:${port}`
  }

  static async start(port = 0): Promise<Receiver> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    const address: AddressInfo | string | null = server.address()
    if (typeof address === 'string' || address === null) throw new Error('The receiver has no port.')
    const receiver = new Receiver(server, address.port)
    server.on('request', (request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const { url = '', headers } = request
        const received = { url, headers, body: Buffer.concat(parts).toString('utf8') }
        const { status = 200, headers: own = {}, body = 'ok' } = receiver.answer(received)
        receiver.received.push(received)
        response.writeHead(status, own).end(body)
      })
    })
    return receiver
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
