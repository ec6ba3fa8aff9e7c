import { expect, test } from 'vitest'
import { textLine } from './server-logger.ts'

test('a line of text has time, level, id and message first, then the fields', () => {
  const line = {
    level: 'warn',
    time: '2026-12-01T00:00:00.000Z',
    id: 'slow-request',
    key: '/services/a b',
    durationMs: 512,
    msg: 'A request was slow.',
  }
  expect(textLine(JSON.stringify(line))).toBe(
    '2026-12-01T00:00:00.000Z WARN  slow-request A request was slow. key="/services/a b" durationMs=512\n',
  )
})
