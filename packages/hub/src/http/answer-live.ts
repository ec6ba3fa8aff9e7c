import { WaypostError } from '@waypost/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { encodingFor } from '../live/compress.ts'
import type { LiveView } from '../live/live-view.ts'
import type { LiveViews } from '../live/live-views.ts'
import { readLastEventId } from '../live/sse-frame.ts'
import { SseReader } from '../live/sse-reader.ts'
import type { LiveQuestion } from '../operation/operation.ts'
import type { OperationContext } from '../operation/operation-context.ts'
import { apiHeaders } from './exchange.ts'
import type { HubMetrics } from './hub-metrics.ts'

const openTimeoutMs = 10_000
const longestWaitMs = 5 * 60_000

const jsonHeaders = {
  ...apiHeaders,
  'content-type': 'application/json; charset=utf-8',
  vary: 'accept, accept-encoding',
} as const

const eventHeaders = {
  ...apiHeaders,
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Proxies that collect answers would hold events back.
  'x-accel-buffering': 'no',
} as const

/** Answers with the present state, when that is asked for and is there already. */
export async function answerAtOnce(
  request: FastifyRequest,
  reply: FastifyReply,
  { key, wait }: LiveQuestion,
  views: LiveViews,
): Promise<boolean> {
  const view = wait.wait === undefined && !isStream(request, wait) ? views.opened(key) : undefined
  if (view === undefined) return false
  await sendState(request, reply, view)
  return true
}

/** Answers a live read in the way that the request asks for. */
export async function answerLive(
  request: FastifyRequest,
  reply: FastifyReply,
  question: LiveQuestion,
  context: OperationContext,
  metrics: HubMetrics,
): Promise<void> {
  const { wait, since } = question.wait
  const { view, release } = await context.caller.views.use(question.key, () => question.follow(openContext(context)))
  try {
    if (isStream(request, question.wait)) await stream(request, reply, view, since, context.signal, metrics)
    else {
      const known = since === undefined ? readEtag(request.headers['if-none-match']) : BigInt(since)
      if (wait !== undefined) await view.newerThan(known ?? -1n, waitMs(wait), context.signal)
      await sendState(request, reply, view)
    }
  } finally {
    release()
  }
}

function isStream({ headers }: FastifyRequest, { watch }: LiveQuestion['wait']): boolean {
  return watch === true || headers.accept?.includes('text/event-stream') === true
}

/** Others may wait for the same view: it opens although the one who asked first goes away. */
function openContext(context: OperationContext): OperationContext {
  return { ...context, signal: AbortSignal.timeout(openTimeoutMs) }
}

async function sendState(request: FastifyRequest, reply: FastifyReply, view: LiveView): Promise<void> {
  if (view.ended !== undefined) throw view.ended
  const body = view.body()
  const { etag, bytes, revision, staleSince } = body
  void reply.headers(jsonHeaders).header('etag', etag).header('waypost-revision', String(revision))
  if (staleSince !== undefined) void reply.header('waypost-stale-since', staleSince.toISOString())
  const { 'if-none-match': known, 'accept-encoding': accepted } = request.headers
  if (known !== undefined && isSameState(known, etag)) {
    void reply.code(304).removeHeader('content-type').send()
    return
  }
  const encoding = encodingFor(accepted, bytes.length)
  if (encoding === undefined) void reply.code(200).send(bytes)
  else
    void reply
      .code(200)
      .header('content-encoding', encoding)
      .send(await view.compressed(body, encoding))
}

async function stream(
  request: FastifyRequest,
  reply: FastifyReply,
  view: LiveView,
  since: string | undefined,
  signal: AbortSignal,
  metrics: HubMetrics,
): Promise<void> {
  const seen = readLastEventId(request.headers['last-event-id']) ?? (since === undefined ? undefined : BigInt(since))
  reply.hijack()
  const { raw } = reply
  raw.statusCode = 200
  for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...eventHeaders })) {
    if (value !== undefined) raw.setHeader(name, value)
  }
  raw.flushHeaders()
  const reader = new SseReader(raw, () => {
    metrics.readerWasSlow()
    request.log.info({ url: request.url }, 'An event reader did not keep up and was disconnected.')
  })
  const end = (): void => reader.end()
  // Ended at once rather than refused: who reads events takes a refusal for the last word, and comes back after an end.
  if (signal.aborted) end()
  signal.addEventListener('abort', end)
  metrics.readerJoined()
  const left = new Promise<void>((resolve) => {
    raw.once('close', resolve)
  })
  try {
    await view.join(reader, seen, signal)
    await left
  } finally {
    metrics.readerLeft()
    signal.removeEventListener('abort', end)
    view.leave(reader)
    reader.end()
  }
}

/** RFC 9110, section 13.1.2: weak comparison with a list. */
function isSameState(header: string, etag: string): boolean {
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '')
  return header === '*' || header.split(',').some((value) => opaque(value) === opaque(etag))
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
