import type { Answer } from '../request/answer.ts'
import type { Failure } from '../upstream/failure.ts'

const answers: Readonly<Record<Failure['kind'], Answer>> = {
  unsent: { status: 503, code: 'upstream-unavailable', detail: 'No connection to an instance could be used.' },
  unreachable: { status: 502, code: 'upstream-unreachable', detail: 'The instance refused the connection.' },
  'connect-timeout': { status: 504, code: 'upstream-connect-timeout', detail: 'No connection was made in time.' },
  reset: { status: 502, code: 'upstream-reset', detail: 'The instance closed the connection before it answered.' },
  timeout: { status: 504, code: 'upstream-timeout', detail: 'The instance did not answer in time.' },
  'bad-answer': { status: 502, code: 'upstream-bad-answer', detail: 'The instance sent an invalid answer.' },
  aborted: { status: 502, code: 'upstream-reset', detail: 'The request to the instance was aborted.' },
}

/** What the client is told when no instance brought an answer. */
export function answerOf({ kind }: Failure): Answer {
  return answers[kind]
}
