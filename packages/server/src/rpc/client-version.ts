import { isUtf8 } from 'node:buffer'
import {
  type Method,
  type RpcHandler,
  type ServerCall,
  type ServerStream,
  stream,
  type UnaryRoute,
} from '@waypost/rpc/server'
import { etcdError } from './error-map.ts'

/** The metadata in which Go's client says which version of the API it speaks. */
const versionName = 'client-api-version'

/** Refuses a version that is no text, as etcd does; any text will do. */
function checkClientVersion({ metadata }: ServerCall): void {
  const version = metadata[versionName]
  if (version !== undefined && !isUtf8(Buffer.from(version, 'latin1'))) throw etcdError('invalidClientApiVersion')
}

/** The same handler, for clients whose version makes sense. */
export function versioned(handler: UnaryRoute): UnaryRoute {
  return {
    ...handler,
    invoke(request, call) {
      checkClientVersion(call)
      return handler.invoke(request, call)
    },
  }
}

/** Answers a stream, for clients whose version makes sense. */
export function versionedStream<Req, Res>(
  method: Method<Req, Res>,
  handler: (call: ServerStream<Req, Res>) => void,
): RpcHandler {
  return stream(method, (call) => {
    try {
      checkClientVersion(call)
    } catch {
      call.end(etcdError('invalidClientApiVersion'))
      return
    }
    handler(call)
  })
}
