import type { CallResult } from '@waypost/registry'
import { classifyError } from '@waypost/registry'
import type { RetryReason } from '../routes/route.ts'

/** What became of a try that brought no answer. */
export interface Failure {
  /** `unsent`: nothing of the request can have reached the instance. */
  readonly kind: 'unsent' | 'unreachable' | 'connect-timeout' | 'reset' | 'timeout' | 'bad-answer' | 'aborted'
  readonly error: Error
}

const retryReasons: Readonly<Partial<Record<Failure['kind'], RetryReason>>> = {
  unsent: 'connect',
  unreachable: 'connect',
  'connect-timeout': 'connect',
  reset: 'reset',
  timeout: 'timeout',
}

/** The rule of a route under which a try that failed in this way may be repeated. */
export function retryReason({ kind }: Failure): RetryReason | undefined {
  return retryReasons[kind]
}

/** Whether the request can be sent to another instance whatever it is: nobody has seen it. */
export function isUnsent({ kind }: Failure): boolean {
  return kind === 'unsent' || kind === 'unreachable' || kind === 'connect-timeout'
}

/** What the balancer is told of the instance. */
export function resultOf({ kind }: Failure): CallResult {
  if (kind === 'unreachable' || kind === 'connect-timeout') return 'unreachable'
  return kind === 'aborted' || kind === 'unsent' ? 'abandoned' : 'failed'
}

/** The code of an error for a connection that did not come about in time, as `classifyError` knows it. */
export const connectTimeoutCode = 'UND_ERR_CONNECT_TIMEOUT'

/** @param wasSent whether the connection stood and the request, or a part of it, may have been written */
export function failureOf(error: Error, wasSent: boolean): Failure {
  const code = 'code' in error ? error.code : undefined
  if (typeof code === 'string' && code.startsWith('HPE_')) return { kind: 'bad-answer', error }
  if (code === connectTimeoutCode) return { kind: 'connect-timeout', error }
  const result = classifyError(error)
  if (result === 'abandoned') return { kind: 'aborted', error }
  if (result === 'unreachable' || !wasSent) return { kind: 'unreachable', error }
  return { kind: 'reset', error }
}
