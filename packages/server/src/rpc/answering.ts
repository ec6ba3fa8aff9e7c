import type { Method } from '@waypost/rpc/server'

/** The method with answers that are encoded by the given function, in place of its message type. */
export function answering<Req, Res>(
  method: Method<Req, unknown>,
  encode: (answer: Res, headroomBytes?: number) => Uint8Array,
): Method<Req, Res> {
  return { path: method.path, kind: method.kind, request: method.request, response: { encode, decode: neverDecoded } }
}

function neverDecoded(): never {
  throw new Error('A server does not decode its own answers.')
}
