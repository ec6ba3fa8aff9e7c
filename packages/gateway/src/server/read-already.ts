import type { IncomingMessage, ServerResponse } from 'node:http'
import { problemBody, problemType } from '../proxy/problem.ts'

/** Whether somebody has read the body of a request, so that no instance can get it: a body parser in front. */
export function isReadAlready(request: IncomingMessage): boolean {
  const { headers } = request
  const length = headers['content-length'] ?? '0'
  return request.readableDidRead && (headers['transfer-encoding'] !== undefined || length !== '0')
}

/** Says so at once: an instance would wait for the body, and the client for the instance. */
export function refuseReadAlready(response: ServerResponse, requestId: string): void {
  response.writeHead(500, { 'content-type': problemType, 'x-request-id': requestId, connection: 'close' })
  response.end(
    problemBody({
      status: 500,
      code: 'body-already-read',
      detail: 'The body was read before the gateway got the request. Put the gateway in front of body parsers.',
      requestId,
    }),
  )
}
