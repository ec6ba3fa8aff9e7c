import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServerOptions,
  type ServiceDefinition,
} from '@grpc/grpc-js'
import { deferred } from '@waypost/core'
import type { Method } from '../method.ts'
import { StatusCode } from '../status.ts'
import { Gates } from './gates.test-support.ts'
import { service, type TestServer } from './test-service.test-support.ts'

/** A method the way grpc-js wants it described. */
export function describeMethod<T>(method: Method<T, T>) {
  const serialize = (message: T): Buffer => Buffer.from(method.request.encode(message))
  const deserialize = (encoded: Buffer): T => method.response.decode(encoded)
  return {
    path: method.path,
    requestStream: method.kind === 'client-stream' || method.kind === 'bidi',
    responseStream: method.kind === 'server-stream' || method.kind === 'bidi',
    requestSerialize: serialize,
    requestDeserialize: deserialize,
    responseSerialize: serialize,
    responseDeserialize: deserialize,
  }
}

export async function startGrpcJsServer(options: ServerOptions = {}): Promise<TestServer> {
  const gates = new Gates()
  const cancelled = deferred()
  const echo: handleUnaryCall<Uint8Array, Uint8Array> = (call, answer) => answer(null, call.request)
  const fail: handleUnaryCall<string, string> = (call, answer) => {
    const metadata = new Metadata()
    metadata.set('x-reason', 'because')
    metadata.set('x-raw-bin', Buffer.from([0, 255, 1]))
    answer({ code: StatusCode.NOT_FOUND, details: call.request, metadata })
  }
  const metadata: handleUnaryCall<string, string> = (call, answer) => {
    const headers: Record<string, string> = {}
    for (const name of Object.keys(call.metadata.getMap())) {
      headers[name] = call.metadata
        .get(name)
        .map((value) => (typeof value === 'string' ? value : value.toString('base64')))
        .join(', ')
    }
    answer(null, JSON.stringify(headers))
  }
  const hang: handleUnaryCall<string, string> = (call) => {
    call.on('cancelled', () => cancelled.resolve())
  }
  const wait: handleUnaryCall<string, string> = (call, answer) => {
    gates.pass(call.request).then(() => answer(null, call.request))
  }
  const count: handleServerStreamingCall<string, string> = (call) => {
    for (let number = 0; number < Number(call.request); number += 1) call.write(String(number))
    call.end()
  }
  const failMidway: handleServerStreamingCall<string, string> = (call) => {
    call.write('one')
    call.write('two')
    call.emit('error', { code: StatusCode.ABORTED, details: 'half way' })
  }
  const join: handleClientStreamingCall<string, string> = (call, answer) => {
    const parts: string[] = []
    call.on('data', (part: string) => parts.push(part))
    call.on('end', () => answer(null, parts.join(',')))
  }
  const chat: handleBidiStreamingCall<Uint8Array, Uint8Array> = (call) => {
    call.on('data', (message: Uint8Array) => call.write(message))
    call.on('end', () => {
      call.write(Buffer.from('bye'))
      call.end()
    })
  }
  const definition: ServiceDefinition = Object.fromEntries([
    ['echo', describeMethod(service.echo)],
    ['fail', describeMethod(service.fail)],
    ['metadata', describeMethod(service.metadata)],
    ['hang', describeMethod(service.hang)],
    ['wait', describeMethod(service.wait)],
    ['count', describeMethod(service.count)],
    ['failMidway', describeMethod(service.failMidway)],
    ['join', describeMethod(service.join)],
    ['chat', describeMethod(service.chat)],
  ])
  const server = new Server({ 'grpc.max_receive_message_length': -1, ...options })
  server.addService(definition, { echo, fail, metadata, hang, wait, count, failMidway, join, chat })
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  return {
    endpoint: `http://127.0.0.1:${port}`,
    cancelled: cancelled.promise,
    waiting: (name) => gates.arrival(name),
    release: (name) => gates.release(name),
    shutDown: () =>
      new Promise((resolve, reject) => server.tryShutdown((error) => (error ? reject(error) : resolve()))),
    kill: async () => server.forceShutdown(),
  }
}
