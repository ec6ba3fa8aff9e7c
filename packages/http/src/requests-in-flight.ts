import type { ServerResponse } from 'node:http'
import type { Server } from 'node:net'

/** Counts the requests of an HTTP server that are not answered yet, from now on. */
export class RequestsInFlight {
  readonly #server: Server
  #count = 0

  constructor(server: Server) {
    this.#server = server
    server.on('request', this.#begin)
  }

  get count(): number {
    return this.#count
  }

  close(): void {
    this.#server.off('request', this.#begin)
  }

  readonly #begin = (_request: unknown, response: Pick<ServerResponse, 'once'>): void => {
    this.#count += 1
    response.once('close', () => {
      this.#count -= 1
    })
  }
}
