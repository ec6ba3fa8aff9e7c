import { pipeline } from 'node:stream/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { compressed, encodingFor } from '../live/compress.ts'
import type { OperationResult } from '../operation/responses.ts'
import { type Problem, problemContentType, problemText } from './problem.ts'

/** Headers of every answer of the API: it is data, and belongs to nobody's cache but the caller's. */
export const apiHeaders = {
  'cache-control': 'no-cache, private',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
} as const

/** The address that the request came from. */
export function sourceAddress(request: FastifyRequest): string {
  return request.raw.socket.remoteAddress ?? ''
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, retryAfterSeconds, allow } = problem
  void reply.code(status).headers({ ...apiHeaders, 'content-type': problemContentType })
  if (status === 401) void reply.header('www-authenticate', challengeFor(reply.request))
  if (typeof retryAfterSeconds === 'number') void reply.header('retry-after', String(retryAfterSeconds))
  if (typeof allow === 'string') void reply.header('allow', allow)
  return reply.send(problemText(problem))
}

/** A script of a page logs in by itself: at `Basic`, a browser would hold its request and ask in a window of its own. */
function challengeFor({ headers }: FastifyRequest): string {
  const isScript = headers['sec-fetch-mode'] !== undefined && headers['sec-fetch-mode'] !== 'navigate'
  return isScript ? 'Session realm="waypost"' : 'Basic realm="waypost", charset="UTF-8"'
}

/** Sends what an operation returned. */
export async function sendResult(
  reply: FastifyReply,
  result: OperationResult,
  contentType: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  void reply.code(result.status).headers({ ...apiHeaders, ...result.headers })
  const { body } = result
  if (contentType === undefined) {
    if (body === undefined) void reply.send()
    else await sendText(reply, JSON.stringify(body))
    return
  }
  void reply.header('content-type', contentType)
  if (typeof body === 'string' || body instanceof Uint8Array) {
    void reply.send(body)
    return
  }
  if (!isAsyncIterable(body)) throw new TypeError('The operation returned no bytes.')
  reply.hijack()
  const { raw } = reply
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value)
  raw.statusCode = result.status
  await pipeline(body, raw, { signal })
}

async function sendText(reply: FastifyReply, text: string): Promise<void> {
  void reply.headers({ 'content-type': 'application/json; charset=utf-8', vary: 'accept-encoding' })
  const encoding = encodingFor(reply.request.headers['accept-encoding'], text.length)
  if (encoding === undefined) void reply.send(text)
  else void reply.header('content-encoding', encoding).send(await compressed(Buffer.from(text), encoding))
}

function isAsyncIterable(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
