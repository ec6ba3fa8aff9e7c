import { anySignal, type Clock, WaypostError } from '@waypost/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../caller/caller.ts'
import { sessionCookieHeader } from '../caller/session-cookie.ts'
import type { HubServices } from '../hub-services.ts'
import type { OperationInput } from '../operation/input.ts'
import type { Operation } from '../operation/operation.ts'
import type { OperationContext } from '../operation/operation-context.ts'
import { answerAtOnce, answerLive } from './answer-live.ts'
import { checkResult } from './check-result.ts'
import { sendResult, sourceAddress } from './exchange.ts'
import type { HubMetrics } from './hub-metrics.ts'
import { parseJson, readBody } from './json-body.ts'

const defaultTimeoutMs = 30_000
const defaultBodyLimitBytes = 1024 * 1024

/** curl says the second one of whatever it sends, unless it is told otherwise. */
const jsonTypes: ReadonlySet<string> = new Set(['application/json', 'application/x-www-form-urlencoded'])

/** What all requests share. */
export interface AnswerParts {
  readonly hub: HubServices
  readonly metrics: HubMetrics
}

/** Runs an operation for a request. What it throws becomes a problem document. */
export async function answerOperation(
  operation: Operation,
  { hub, metrics }: AnswerParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const address = sourceAddress(request)
  const caller =
    operation.permission === 'anyone' ? hub.callers.anyone(address) : await hub.callers.find(request.headers, address)
  keepSession(operation, hub, caller, request, reply)
  const input: OperationInput = {
    params: request.params,
    query: request.query,
    body: await bodyOf(operation, request, hub.clock),
  }
  const question = operation.live?.check(input)
  if (question !== undefined && (await answerAtOnce(request, reply, question, caller.views))) return
  const ended = new AbortController()
  const onClose = (): void => ended.abort()
  reply.raw.once('close', onClose)
  // What goes on and on does not outlast the login that it was asked for with.
  const release = question === undefined ? undefined : caller.onEnd(onClose)
  try {
    const { timeoutMs = defaultTimeoutMs } = operation
    const isBounded = question === undefined && timeoutMs > 0
    // What ends by itself soon is finished when the hub stops.
    const signals = [ended.signal, isBounded ? AbortSignal.timeout(timeoutMs) : hub.stopping]
    const context: OperationContext = { caller, hub, signal: anySignal(signals), requestId: request.id }
    if (question !== undefined) {
      await answerLive(request, reply, question, context, metrics)
      return
    }
    const result = await operation.run(context, input)
    const spec = operation.responses[result.status]
    if (hub.settings.checkResponses) checkResult(operation, result)
    await sendResult(reply, result, spec?.contentType, context.signal)
  } finally {
    reply.raw.off('close', onClose)
    release?.()
  }
}

/** A browser sends the cookie by itself: changes need the token that only pages of the hub know. */
function keepSession(
  operation: Operation,
  hub: HubServices,
  { session }: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  if (session === undefined || request.headers.authorization !== undefined) return
  if (operation.method !== 'GET' && !hub.sessions.isCsrfToken(session, request.headers['x-csrf-token'])) {
    throw new WaypostError(
      'permission-denied',
      'A change with a session cookie needs the header X-CSRF-Token, which POST /v1/login and GET /v1/session tell.',
      { details: { reason: 'csrf-token' } },
    )
  }
  const rotated = hub.sessions.rotate(session)
  if (rotated !== undefined) void reply.header('set-cookie', sessionCookieHeader(hub, rotated))
}

async function bodyOf(operation: Operation, request: FastifyRequest, clock: Clock): Promise<unknown> {
  if (operation.method === 'GET') return undefined
  const bytes = await readBody(request.raw, operation.bodyLimitBytes ?? defaultBodyLimitBytes, clock)
  if (bytes.length === 0) return undefined
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== undefined && !jsonTypes.has(type) && !type.endsWith('+json')) {
    throw new WaypostError('invalid-argument', `The body must be application/json, not ${type}.`, {
      details: { httpStatus: 415 },
    })
  }
  return parseJson(bytes)
}
