import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { EtcdClient } from '@waypost/client'
import { freePorts, patienceMs, startStore } from '@waypost/testkit'
import type { RegisterOptions } from '../register/registration-options.ts'
import { Registry } from '../registry.ts'
import type { RegistryOptions } from '../registry-options.ts'

/** An HTTP server in this process that keeps what it was asked. */
export class HttpService implements AsyncDisposable {
  readonly id: string
  readonly requests: IncomingMessage[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(id: string, listener: RequestListener) {
    this.id = id
    this.#server = createServer((request, response) => {
      this.requests.push(request)
      listener(request, response)
    })
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  /** Answers with its id unless `listener` says otherwise. */
  static async start(id: string, listener?: RequestListener, port = 0): Promise<HttpService> {
    const service = new HttpService(id, listener ?? ((_, response) => response.end(id)))
    await new Promise<void>((resolve) => service.#server.listen(port, '127.0.0.1', resolve))
    return service
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get connections(): number {
    return this.#sockets.size
  }

  /** As a crash would. */
  kill(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#sockets) socket.resetAndDestroy()
    return closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

export interface World extends AsyncDisposable {
  /** Where instances register. */
  readonly registry: Registry
  /** Where callers call from: a registry of its own, as in another process. */
  readonly callers: Registry
  start(id: string, listener?: RequestListener, options?: Partial<RegisterOptions>): Promise<HttpService>
  /** Registers an instance of `user` that takes no connection. */
  registerDead(id: string): Promise<void>
}

/** A store with instances of the service `user`, and somebody who calls them. */
export async function world(options: RegistryOptions = {}): Promise<World> {
  const store = await startStore()
  const etcd = new EtcdClient({ endpoints: store.url, timeoutMs: patienceMs })
  const registry = new Registry(etcd)
  const callers = new Registry(etcd, options)
  const services: HttpService[] = []
  const register = (id: string, port: number, more: Partial<RegisterOptions> = {}) =>
    registry.register({ service: 'user', id, host: '127.0.0.1', port, ...more })
  return {
    registry,
    callers,
    async start(id, listener, more) {
      const service = await HttpService.start(id, listener)
      services.push(service)
      await register(id, service.port, more)
      return service
    },
    async registerDead(id) {
      const [port = 0] = await freePorts(1)
      await register(id, port)
    },
    async [Symbol.asyncDispose]() {
      await callers.close()
      await registry.close()
      await Promise.all(services.map((service) => service[Symbol.asyncDispose]()))
      await etcd.close()
      await store.close()
    },
  }
}
