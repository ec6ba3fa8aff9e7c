import { RpcConnection } from '../client/connection.ts'
import type { RpcConnectionOptions } from '../client/connection-options.ts'
import type { RpcError } from '../rpc-error.ts'
import { Inbox } from './inbox.test-support.ts'
import type { TestClient } from './test-service.test-support.ts'

export function ownClient(endpoint: string, options: RpcConnectionOptions = {}): TestClient {
  const connection = new RpcConnection(endpoint, options)
  return {
    unary: (method, request, callOptions) => connection.unary(method, request, callOptions),
    stream(method, callOptions) {
      const inbox = new Inbox<Parameters<typeof method.response.encode>[0]>()
      const call = connection.stream(
        method,
        {
          onMessage: (message) => inbox.put(message),
          onEnd: (error: RpcError | undefined) => inbox.end(error ?? { code: 0, message: '', metadata: {} }),
        },
        callOptions,
      )
      return {
        send: (message) => call.send(message),
        closeSend: () => call.closeSend(),
        cancel: () => call.cancel(),
        next: () => inbox.next(),
        status: inbox.status,
      }
    },
    close: () => connection.close(),
  }
}
