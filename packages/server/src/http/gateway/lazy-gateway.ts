import type { HttpRequest, HttpResponse } from '@waypost/rpc/server'
import type { Gateway } from './gateway.ts'

/** The gateway, loaded with the first request for it: most stores never see one. */
export class LazyGateway {
  readonly #load: () => Promise<Gateway>
  #gateway: Promise<Gateway> | undefined

  constructor(load: () => Promise<Gateway>) {
    this.#load = load
  }

  async handle(path: string, request: HttpRequest, response: HttpResponse): Promise<void> {
    request.on('error', () => {})
    response.on('error', () => {})
    let isOver = false
    response.once('close', () => {
      isOver = true
    })
    this.#gateway ??= this.#load()
    const gateway = await this.#gateway
    // A request of HTTP/1.1 that waits for the answer before it hears nothing of its connection's end.
    if (!isOver && ('stream' in request || !request.socket.destroyed)) gateway.handle(path, request, response)
  }

  /** Ends every stream. */
  async close(): Promise<void> {
    await this.#gateway?.then(
      (gateway) => gateway.close(),
      () => {},
    )
  }
}
