import type { ServerCall } from '@waypost/rpc/server'
import type { Caller } from '../caller/caller.ts'
import type { HubServices } from '../hub-services.ts'

/** Who makes a call, as over HTTP: by the metadata `authorization`. Fails with `unauthenticated`. */
export function callerOf({ callers }: HubServices, { metadata, peer }: ServerCall): Promise<Caller> {
  const address = peer.slice(0, peer.lastIndexOf(':')).replace(/^\[|\]$/g, '')
  return callers.find({ authorization: metadata.authorization, cookie: metadata.cookie }, address)
}
