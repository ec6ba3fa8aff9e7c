import { WaypostError } from '@waypost/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LiveView } from '../live/live-view.ts'
import { readLastEventId } from '../live/sse-frame.ts'
import { SseReader } from '../live/sse-reader.ts'
import type { LiveQuestion } from '../operation/operation.ts'
import type { OperationContext } from '../operation/operation-context.ts'
import { apiHeaders } from './exchange.ts'

const openTimeoutMs = 10_000
const longestWaitMs = 5 * 60_000

const jsonHeaders = { ...apiHeaders, 'content-type': 'application/json; charset=utf-8', vary: 'accept' } as const

const eventHeaders = {
  ...apiHeaders,
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Proxies that collect answers would hold events back.
  'x-accel-buffering': 'no',
} as const

/** Answers a live read in the way that the request asks for. */
export async function answerLive(
  request: FastifyRequest,
  reply: FastifyReply,
  question: LiveQuestion,
  context: OperationContext,
  onSlowReader: () => void,
): Promise<void> {
  const { views } = context.caller
  const { wait, since, watch } = question.wait
  const isStream = watch === true || request.headers.accept?.includes('text/event-stream') === true
  const quick = isStream || wait !== undefined ? undefined : views.opened(question.key)
  if (quick !== undefined) {
    sendState(request, reply, quick)
    return
  }
  const { view, release } = await views.use(question.key, () => question.follow(openContext(context)))
  try {
    if (isStream) await stream(request, reply, view, since, context.signal, onSlowReader)
    else {
      const known = since === undefined ? readEtag(request.headers['if-none-match']) : BigInt(since)
      if (wait !== undefined) await view.newerThan(known ?? -1n, waitMs(wait), context.signal)
      sendState(request, reply, view)
    }
  } finally {
    release()
  }
}

/** Others may wait for the same view: it opens although the one who asked first goes away. */
function openContext(context: OperationContext): OperationContext {
  return { ...context, signal: AbortSignal.timeout(openTimeoutMs) }
}

function sendState(request: FastifyRequest, reply: FastifyReply, view: LiveView): void {
  if (view.ended !== undefined) throw view.ended
  const { etag, bytes, revision, staleSince } = view.body()
  void reply.headers(jsonHeaders).header('etag', etag).header('waypost-revision', String(revision))
  if (staleSince !== undefined) void reply.header('waypost-stale-since', staleSince.toISOString())
  if (request.headers['if-none-match'] !== undefined && isSameState(request.headers['if-none-match'], etag)) {
    void reply.code(304).removeHeader('content-type').send()
  } else void reply.code(200).send(bytes)
}

async function stream(
  request: FastifyRequest,
  reply: FastifyReply,
  view: LiveView,
  since: string | undefined,
  signal: AbortSignal,
  onSlowReader: () => void,
): Promise<void> {
  const seen = readLastEventId(request.headers['last-event-id']) ?? (since === undefined ? undefined : BigInt(since))
  reply.hijack()
  const { raw } = reply
  raw.statusCode = 200
  for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...eventHeaders })) {
    if (value !== undefined) raw.setHeader(name, value)
  }
  raw.flushHeaders()
  const reader = new SseReader(raw, onSlowReader)
  const left = new Promise<void>((resolve) => {
    raw.once('close', resolve)
  })
  try {
    await view.join(reader, seen, signal)
    await left
  } finally {
    view.leave(reader)
    reader.end()
  }
}

/** RFC 9110, section 13.1.2: weak comparison with a list. */
function isSameState(header: string, etag: string): boolean {
  return header === '*' || header.split(',').some((value) => value.trim().replace(/^W\//, '') === etag)
}

/** The revision in an `ETag` of a live read. */
function readEtag(header: string | undefined): bigint | undefined {
  const [, revision] = /"(\d{1,19})(?:-stale)?"/.exec(header ?? '') ?? []
  return revision === undefined ? undefined : BigInt(revision)
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

function waitMs(text: string): number {
  const [, digits = '', unit = 's'] = /^(\d+)(ms|s|m|h)?$/.exec(text) ?? []
  const ms = Number(digits) * (unitMs[unit] ?? 1_000)
  if (ms > longestWaitMs) {
    throw new WaypostError('invalid-argument', `The parameter wait must be 5m at most, not ${text}.`, {
      details: { errors: [{ in: 'query', pointer: '/wait', detail: 'At most 5m.' }] },
    })
  }
  return ms
}
