import { expect, it } from 'vitest'
import { problemBody } from './problem.ts'

it('says what happened, in the form of RFC 9457', () => {
  const body = problemBody({ status: 503, code: 'no-instance', detail: 'No instance of shop is up.', requestId: 'r1' })
  expect(JSON.parse(body)).toEqual({
    type: 'about:blank',
    title: 'Service Unavailable',
    status: 503,
    code: 'no-instance',
    detail: 'No instance of shop is up.',
    requestId: 'r1',
  })
})
