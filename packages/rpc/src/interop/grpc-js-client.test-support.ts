import { type CallOptions, Client, type ClientOptions, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import type { Method } from '../method.ts'
import { describeMethod } from './grpc-js-server.test-support.ts'
import { Inbox } from './inbox.test-support.ts'
import type { TestCallOptions, TestClient, TestStatus } from './test-service.test-support.ts'

export function grpcJsClient(endpoint: string, options: ClientOptions = {}): TestClient {
  const client = new Client(endpoint.replace('http://', ''), credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    ...options,
  })
  return {
    unary<T>(method: Method<T, T>, request: T, callOptions: TestCallOptions = {}) {
      const { path, requestSerialize, responseDeserialize } = describeMethod(method)
      return new Promise<T>((resolve, reject) => {
        const call = client.makeUnaryRequest<T, T>(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          metadataOf(callOptions),
          deadlineOf(callOptions),
          (error, answer) => {
            if (error) reject(statusOf(error))
            else if (answer !== undefined) resolve(answer)
          },
        )
        callOptions.signal?.addEventListener('abort', () => call.cancel())
      })
    },
    stream<T>(method: Method<T, T>, callOptions: TestCallOptions = {}) {
      const { path, requestSerialize, responseDeserialize } = describeMethod(method)
      const inbox = new Inbox<T>()
      // The other kinds are the same on the wire.
      const call = client.makeBidiStreamRequest<T, T>(
        path,
        requestSerialize,
        responseDeserialize,
        metadataOf(callOptions),
        deadlineOf(callOptions),
      )
      call.on('data', (message: T) => inbox.put(message))
      call.on('error', () => {})
      call.on('status', (status) => inbox.end({ ...statusOf(status), message: status.details }))
      callOptions.signal?.addEventListener('abort', () => call.cancel())
      return {
        send: (message: T) => call.write(message),
        closeSend: () => call.end(),
        cancel: () => call.cancel(),
        next: () => inbox.next(),
        status: inbox.status,
      }
    },
    close: async () => client.close(),
  }
}

function metadataOf(options: TestCallOptions): Metadata {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(options.metadata ?? {})) {
    metadata.set(name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value)
  }
  return metadata
}

function deadlineOf(options: TestCallOptions): CallOptions {
  return options.timeoutMs === undefined ? {} : { deadline: Date.now() + options.timeoutMs }
}

function statusOf(status: Pick<ServiceError, 'code' | 'details' | 'metadata'>): TestStatus {
  const metadata: Record<string, string> = {}
  for (const [name, value] of Object.entries(status.metadata.getMap())) {
    metadata[name] = typeof value === 'string' ? value : value.toString('base64')
  }
  return { code: status.code, message: status.details, metadata }
}
