import { createServer, type Server } from 'node:http'
import { isIP } from 'node:net'
import { deferred, messageOf } from '@waypost/core'
import type { GatewayStatus } from '../gateway-status.ts'
import type { Exposition } from '../metrics/exposition.ts'
import { readHost } from '../request/host.ts'

/** What the admin port shows. */
export interface AdminSource {
  exposition(accept: string | undefined): Exposition | Promise<Exposition>
  status(): GatewayStatus | Promise<GatewayStatus>
}

/** The port for people and Prometheus, on loopback: figures, routes and instances, to be read only. */
export class AdminServer implements AsyncDisposable {
  readonly #server: Server
  #isReady = true

  private constructor(source: AdminSource) {
    this.#server = createServer({ requestTimeout: 5_000 }, (request, response) => {
      const answer = async (): Promise<void> => {
        // A page in a browser that resolves its own name to this machine is none of ours.
        const host = readHost(request.headers.host ?? '') ?? ''
        if (host !== 'localhost' && isIP(host) === 0) response.writeHead(403).end()
        else if (request.method !== 'GET') response.writeHead(405, { allow: 'GET' }).end()
        else if (request.url === '/metrics') {
          const { contentType, body } = await source.exposition(request.headers.accept)
          response.writeHead(200, { 'content-type': contentType, vary: 'accept' }).end(body)
        } else if (request.url === '/status') {
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await source.status()))
        } else if (request.url === '/livez') response.writeHead(200).end('ok\n')
        else if (request.url === '/readyz') response.writeHead(this.#isReady ? 200 : 503).end()
        else response.writeHead(404).end()
      }
      answer().catch((error: unknown) => response.writeHead(500).end(messageOf(error)))
    })
  }

  /** Listens, and resolves with the server. */
  static async start(source: AdminSource, port: number, host = '127.0.0.1'): Promise<AdminServer> {
    const admin = new AdminServer(source)
    const listening = deferred()
    admin.#server.once('error', listening.reject)
    admin.#server.listen(port, host, listening.resolve)
    await listening.promise
    return admin
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Load balancers that ask `/readyz` look for another gateway from now on. */
  leave(): void {
    this.#isReady = false
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
