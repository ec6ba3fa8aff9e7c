import { describe, expect, it } from 'vitest'
import { classifyError } from './failure.ts'

const withCode = (code: string) => Object.assign(new Error(code), { code })

describe('classifyError', () => {
  it.each([
    ['a refused connection', withCode('ECONNREFUSED'), 'unreachable'],
    ['a name that is not known', withCode('ENOTFOUND'), 'unreachable'],
    ['a lost connection', withCode('ECONNRESET'), 'failed'],
    ['an answer that is no HTTP', withCode('HPE_INVALID_CONSTANT'), 'failed'],
    ['what fetch wraps', new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') }), 'unreachable'],
    ['several addresses', new AggregateError([withCode('ECONNREFUSED')]), 'unreachable'],
    ['a gateway error', Object.assign(new Error('x'), { status: 503 }), 'failed'],
    [
      "axios' gateway error",
      Object.assign(new Error('x'), { code: 'ERR_BAD_RESPONSE', response: { status: 502 } }),
      'failed',
    ],
    ['another status', Object.assign(new Error('x'), { response: { status: 404 } }), 'ok'],
    ['an abort', new DOMException('x', 'AbortError'), 'abandoned'],
    ['a time limit of the caller', new DOMException('x', 'TimeoutError'), 'failed'],
    ['a cancelled request', withCode('ERR_CANCELED'), 'abandoned'],
    ['an error of the application', new TypeError('x'), 'ok'],
    ['no error at all', undefined, 'ok'],
  ])('takes %s for what it is', (_, error, result) => {
    expect(classifyError(error)).toBe(result)
  })
})
