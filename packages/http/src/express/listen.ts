import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { WaypostError } from '@waypost/core'
import { checkServing } from '../check-serving.ts'
import { healthReport } from '../health-report.ts'
import type { OpenStore } from '../open-store.ts'
import { registerOnListen } from '../register-on-listen.ts'
import type { ServedInstance, ServeOptions } from '../served-instance.ts'

/** An application of Express 4 or 5, or anything else that takes the requests of `node:http`. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => unknown

/** `port` is where to listen, 0 for a free one; others are told the one that it became. */
export interface ListenOptions extends ServeOptions {
  /** The address to listen on. Default all of the machine. */
  readonly listenHost?: string | undefined
  /** Answered before the application is asked: 200, or 503 once the instance leaves. Default `/health`; `false`: none. */
  readonly healthPath?: string | false | undefined
}

/** A service that listens and is registered. */
export interface RunningService {
  readonly server: Server
  readonly port: number
  readonly instance: ServedInstance
  /**
   * Drains the registration, closes the server when its requests are answered, and leaves the store open. Requests
   * that are not answered in the time of `drain` are cut off. Idempotent; fails as draining does, with the server closed
   * nevertheless.
   */
  close(): Promise<void>
}

/** How long connections may take to end, once the instance has left and its requests have had their time. */
const closeTimeoutMs = 1_000

/**
 * Listens, and registers the service where it does. Fails before it listens when an option cannot be, and when the port
 * is taken.
 *
 * @example
 * ```ts
 * import express from 'express'
 *
 * const app = express()
 * app.get('/name', (_request, response) => void response.send('Mei'))
 * const running = await listen(app, waypost, { service: 'user' })
 * console.log((await fetch(`http://127.0.0.1:${running.port}/health`)).status) // 200
 * await running.close()
 * ```
 */
export async function listen(app: RequestHandler, waypost: OpenStore, options: ListenOptions): Promise<RunningService> {
  const example = "listen(app, await connect(), { service: 'user', port: 3000 })"
  if (typeof app !== 'function') throw new WaypostError('invalid-argument', `Write ${example} with an application.`)
  const { listenHost, healthPath = '/health', port = 0, ...serveOptions } = options ?? {}
  checkServing('listen', example, waypost?.registry, { ...serveOptions, port: options?.port })
  const server = createServer((request, response) => {
    if (healthPath !== false && pathOf(request) === healthPath) answerHealth(response)
    else app(request, response)
  })
  const answerHealth = (response: ServerResponse): void => {
    const report = healthReport(waypost.etcd, instance)
    response.writeHead(report.status === 'up' ? 200 : 503, { 'content-type': 'application/json' })
    response.end(JSON.stringify(report))
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, listenHost, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const instance = registerOnListen(waypost.registry, server, serveOptions)
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    try {
      await instance.drain()
    } finally {
      await closeServer(server)
    }
  }
  const bound = server.address()
  return {
    server,
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    instance,
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

/** What is still open has had its time, such as a stream of events that nobody ends. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      server.closeAllConnections()
      resolve()
    }, closeTimeoutMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
  })
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}
