import type { CallResult } from '../balance/balancer.ts'

/** No connection came about, so that nothing was sent. */
const unreachableCodes = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The connection was lost or the answer did not come: whether the instance did the work is unknown. */
const failedCodes = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
])

/** The caller, or a library on its behalf, gave up. */
const abandonedCodes = new Set(['ABORT_ERR', 'ERR_CANCELED', 'UND_ERR_ABORTED'])

/** What a proxy or an overloaded instance answers. */
const gatewayStatuses = new Set([502, 503, 504])

/** How deep to look for the error that says what happened: `fetch`, for example, wraps it. */
const maxCauses = 5

export function isGatewayStatus(status: number): boolean {
  return gatewayStatuses.has(status)
}

/** What an error of a connection says by its code; `undefined` when it is none. */
export function resultOfCode(error: unknown): CallResult | undefined {
  if (error instanceof Error && error.name === 'AbortError') return 'abandoned'
  // What `AbortSignal.timeout` aborts with: the answer did not come in time.
  if (error instanceof Error && error.name === 'TimeoutError') return 'failed'
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  if (typeof error.code !== 'string') return undefined
  if (abandonedCodes.has(error.code)) return 'abandoned'
  if (unreachableCodes.has(error.code)) return 'unreachable'
  if (failedCodes.has(error.code) || error.code.startsWith('HPE_')) return 'failed'
  return undefined
}

/**
 * What an error that some HTTP library threw says of the instance: its code, that of a cause, or a status such as
 * `error.status` or `error.response.status`. Any other error is the caller's or the application's own, and `ok`.
 */
export function classifyError(error: unknown): CallResult {
  let cause = error
  for (let depth = 0; depth < maxCauses && typeof cause === 'object' && cause !== null; depth++) {
    const result = resultOfCode(cause) ?? resultOfStatus(cause)
    if (result !== undefined) return result
    cause = cause instanceof AggregateError ? cause.errors[0] : 'cause' in cause ? cause.cause : undefined
  }
  return 'ok'
}

function resultOfStatus(error: object): CallResult | undefined {
  const holder = 'response' in error && typeof error.response === 'object' ? error.response : error
  if (holder === null || !('status' in holder) || typeof holder.status !== 'number') return undefined
  return isGatewayStatus(holder.status) ? 'failed' : 'ok'
}
