import { expect, it } from 'vitest'
import { AccessLog } from './access-log.ts'
import { recordOf } from './exchange-record.test-support.ts'

it('logs all errors, a share of the others, and of what cannot be read so much that nobody can fill the disk', () => {
  const lines: string[] = []
  const log = new AccessLog({ write: (text) => lines.push(...text.trim().split('\n')), sample: 0.5 }, () => 0.6)
  log.ended(recordOf({ path: '/sampled' }))
  log.ended(recordOf({ status: 404, path: '/error' }))
  for (let count = 0; count < 100; count++) log.ended(recordOf({ method: '', status: 400, path: '' }))
  log.ended(recordOf({ status: 500, path: '/error' }))
  log.flush()
  expect(lines.filter((line) => line.includes('/sampled'))).toEqual([])
  expect(lines.filter((line) => line.includes('/error'))).toHaveLength(2)
  expect(lines).toHaveLength(22)
  log.ended(recordOf({ method: '', status: 400, path: '' }))
  log.flush()
  expect(lines).toHaveLength(23)
})
