import { expect, test } from 'vitest'
import { verdict } from './verdict.ts'
import { defaultWorkload } from './workloads.ts'

const steady = { answeredMs: Array.from({ length: 150 }, () => 2), errors: new Map<string, number>(), elapsedMs: 1_000 }

test('a store that keeps up passes, in the words of etcdctl', () => {
  expect(verdict(steady, defaultWorkload)).toEqual({
    passed: true,
    lines: [
      'PASS: Throughput is 151 writes/s',
      'PASS: Slowest request took 0.002000s',
      'PASS: Stddev is 0.000000s',
      'PASS',
    ],
  })
})

test.each([
  ['too few puts', { ...steady, elapsedMs: 1_200 }, 'FAIL: Throughput too low: 126 writes/s'],
  ['one slow put', { ...steady, answeredMs: [...steady.answeredMs, 501] }, 'Slowest request took too long: 0.501000s'],
  [
    'puts of very different length',
    { ...steady, answeredMs: steady.answeredMs.map((ms, index) => (index % 2 ? ms : ms + 300)) },
    'Stddev too high: 0.150000s',
  ],
  ['errors', { ...steady, errors: new Map([['unavailable', 2]]) }, 'FAIL: ERROR(unavailable) -> 2'],
  ['nothing at all', { ...steady, answeredMs: [] }, 'FAIL: Throughput too low: 1 writes/s'],
])('%s fails', (_what, latencies, line) => {
  const { lines, passed } = verdict(latencies, defaultWorkload)
  expect(passed).toBe(false)
  expect(lines).toContain(line)
  expect(lines.at(-1)).toBe('FAIL')
})
