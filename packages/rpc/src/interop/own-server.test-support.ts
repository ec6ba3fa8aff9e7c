import { deferred } from '@waypost/core'
import { RpcError } from '../rpc-error.ts'
import { type RpcHandler, stream, unary } from '../server/handler.ts'
import { RpcServer } from '../server/server.ts'
import type { RpcServerOptions } from '../server/server-options.ts'
import { StatusCode } from '../status.ts'
import { Gates } from './gates.test-support.ts'
import { failureMetadata, service, type TestServer } from './test-service.test-support.ts'

/** The test service on this package's server. */
export async function startOwnServer(
  options: Partial<RpcServerOptions> = {},
): Promise<TestServer & { readonly server: RpcServer; readonly port: number }> {
  const gates = new Gates()
  const cancelled = deferred()
  const handlers: RpcHandler[] = [
    unary(service.echo, (request) => request),
    unary(service.fail, (message) => {
      throw new RpcError(StatusCode.NOT_FOUND, message, { metadata: failureMetadata })
    }),
    unary(service.metadata, (_request, call) => JSON.stringify(call.metadata)),
    unary(service.hang, (_request, call) => {
      call.signal.addEventListener('abort', () => cancelled.resolve())
      return new Promise<string>(() => {})
    }),
    unary(service.wait, (name) => gates.pass(name).then(() => name)),
    stream(service.count, (call) => {
      call.onMessage((request) => {
        for (let number = 0; number < Number(request); number += 1) call.send(String(number))
        call.end()
      })
    }),
    stream(service.failMidway, (call) => {
      call.onMessage(() => {
        call.send('one')
        call.send('two')
        call.end(new RpcError(StatusCode.ABORTED, 'half way'))
      })
    }),
    stream(service.join, (call) => {
      const parts: string[] = []
      call.onMessage((part) => parts.push(part))
      call.onHalfClose(() => {
        call.send(parts.join(','))
        call.end()
      })
    }),
    stream(service.chat, (call) => {
      call.onMessage((message) => call.send(message))
      call.onHalfClose(() => {
        call.send(Buffer.from('bye'))
        call.end()
      })
    }),
  ]
  const server = new RpcServer({ ...options, handlers: [...handlers, ...(options.handlers ?? [])] })
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 })
  return {
    server,
    port,
    endpoint: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    cancelled: cancelled.promise,
    waiting: (name) => gates.arrival(name),
    release: (name) => gates.release(name),
    shutDown: () => server.close({ graceMs: 5000 }),
    kill: () => server.close({ graceMs: 0 }),
  }
}
