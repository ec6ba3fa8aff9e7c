import type { PolicyDecision } from './policy.ts'

/** Nothing to add: the same object for every request. */
export const goOn: PolicyDecision = Object.freeze({ kind: 'continue' })

/** 401, with what a client must send. */
export function unauthorized(code: string, detail: string, challenge: string): PolicyDecision {
  return { kind: 'answer', answer: { status: 401, code, detail, headers: { 'www-authenticate': challenge } } }
}

export function forbidden(code: string, detail: string): PolicyDecision {
  return { kind: 'answer', answer: { status: 403, code, detail } }
}

/** The gateway cannot decide now. */
export function unavailable(code: string, detail: string, retryAfterSeconds = 1): PolicyDecision {
  return {
    kind: 'answer',
    answer: { status: 503, code, detail, headers: { 'retry-after': String(retryAfterSeconds) } },
  }
}
