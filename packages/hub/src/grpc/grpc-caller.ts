import { WaypostError } from '@waypost/core'
import type { ServerCall, ServerStream } from '@waypost/rpc/server'
import type { Caller } from '../caller/caller.ts'
import type { HubServices } from '../hub-services.ts'
import { rpcErrorOf } from './grpc-error.ts'

/** Who makes a call, as over HTTP: by the metadata `authorization`. Fails with `unauthenticated`. */
export function callerOf({ callers }: HubServices, { metadata, peer }: ServerCall): Promise<Caller> {
  const address = peer.slice(0, peer.lastIndexOf(':')).replace(/^\[|\]$/g, '')
  return callers.find({ authorization: metadata.authorization, cookie: metadata.cookie }, address)
}

/** A stream does not outlast the session or token that it was opened with. */
export function endWithLogin<Request, Response>(caller: Caller, stream: ServerStream<Request, Response>): void {
  stream.onClose(
    caller.onEnd(() => stream.end(rpcErrorOf(new WaypostError('unauthenticated', 'The login has ended.')))),
  )
}
