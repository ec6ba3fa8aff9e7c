import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import type { RpcHandler } from './handler.ts'

/** The methods that a server answers, by path. */
export class Routes {
  readonly #byPath = new Map<string, RpcHandler>()
  readonly #services = new Set<string>()

  constructor(handlers: readonly RpcHandler[]) {
    for (const handler of handlers) {
      if (this.#byPath.has(handler.path)) throw new Error(`Two handlers answer ${handler.path}.`)
      this.#byPath.set(handler.path, handler)
      this.#services.add(serviceOf(handler.path))
    }
  }

  find(path: string): RpcHandler | undefined {
    return this.#byPath.get(path)
  }

  /** The error for a path that nobody answers, in the words of grpc-go. */
  missing(path: string): RpcError {
    const service = serviceOf(path)
    if (service === '') return new RpcError(StatusCode.UNIMPLEMENTED, `malformed method name: ${JSON.stringify(path)}`)
    const message = this.#services.has(service)
      ? `unknown method ${path.slice(service.length + 2)} for service ${service}`
      : `unknown service ${service}`
    return new RpcError(StatusCode.UNIMPLEMENTED, message)
  }
}

function serviceOf(path: string): string {
  return path.slice(1, Math.max(1, path.lastIndexOf('/')))
}
