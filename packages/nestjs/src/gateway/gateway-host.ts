import { type IncomingMessage, Server, type ServerResponse } from 'node:http'
import { Server as TlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common'
import type { HttpAdapterHost } from '@nestjs/core'
import { WaypostError } from '@waypost/core'
import type { Gateway } from '@waypost/gateway'
import type { GatewayModuleOptions } from './gateway-module-options.ts'

const defaultDrainTimeoutMs = 30_000

/** The gateway of the application: serves where it was told to, and drains before the application ends. */
export class GatewayHost implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** For metrics, status, and routes that are set by the program. */
  readonly gateway: Gateway
  readonly #options: GatewayModuleOptions
  readonly #adapterHost: HttpAdapterHost
  readonly #logger = new Logger('Waypost')
  #port: number | undefined
  #isDraining = false

  /** @internal Made by `WaypostGatewayModule`. */
  constructor(gateway: Gateway, options: GatewayModuleOptions, adapterHost: HttpAdapterHost) {
    this.gateway = gateway
    this.#options = options
    this.#adapterHost = adapterHost
  }

  /** The gateway's own port; `undefined` when it has none, and before the application has started. */
  get port(): number | undefined {
    return this.#port
  }

  /** Whether the application has begun to end. */
  get isDraining(): boolean {
    return this.#isDraining
  }

  async onApplicationBootstrap(): Promise<void> {
    const { paths = [], listen } = this.#options
    if (paths.length > 0) this.#mount(paths)
    if (listen === undefined) return
    this.#port = await this.gateway.listen({
      port: listen.port,
      ...(listen.host !== undefined && { host: listen.host }),
    })
    this.#logger.log(`The gateway listens on ${listen.host ?? '127.0.0.1'}:${this.#port}`)
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isDraining = true
    await this.gateway.drain({ timeoutMs: this.#options.drainTimeoutMs ?? defaultDrainTimeoutMs })
    await this.gateway.close()
  }

  /** In front of what listens to the server by now: a body parser that has read the body would keep it from instances. */
  #mount(paths: readonly string[]): void {
    const server: unknown = this.#adapterHost.httpAdapter?.getHttpServer()
    if (!(server instanceof Server || server instanceof TlsServer)) {
      throw new WaypostError(
        'failed-precondition',
        'There is no HTTP server on which the gateway could serve paths. Give it a port: { listen: { port: 8080 } }.',
      )
    }
    const isOurs = ({ url = '' }: IncomingMessage): boolean => paths.some((path) => isBelow(url, path))
    const { gateway } = this
    const others = server.listeners('request')
    const upgrades = server.listeners('upgrade')
    server.removeAllListeners('request')
    server.removeAllListeners('upgrade')
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (isOurs(request)) gateway.handler(request, response)
      else for (const other of others) Reflect.apply(other, server, [request, response])
    })
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (isOurs(request)) gateway.upgrade(request, socket, head)
      else if (upgrades.length === 0) socket.destroy()
      else for (const other of upgrades) Reflect.apply(other, server, [request, socket, head])
    })
  }
}

function isBelow(url: string, path: string): boolean {
  if (path === '/') return true
  const prefix = path.replace(/\/$/, '')
  return url.startsWith(prefix) && /^(?:[/?]|$)/.test(url.slice(prefix.length))
}
