import { expect, test } from 'vitest'
import { autoCompaction } from './auto-compaction.ts'

const hourMs = 3_600_000

test.each([
  [undefined, undefined, undefined],
  ['revision', '0', undefined],
  [undefined, '1', { mode: 'periodic', retentionMs: hourMs }],
  ['periodic', '72', { mode: 'periodic', retentionMs: 72 * hourMs }],
  ['periodic', '1h30m', { mode: 'periodic', retentionMs: 1.5 * hourMs }],
  ['revision', '1000', { mode: 'revision', retention: 1000 }],
])('the mode %s and the retention %s mean %o', (mode, retention, meaning) => {
  expect(autoCompaction(mode, retention)).toEqual(meaning)
})

test.each([
  ['revision', '1h'],
  ['revision', '-1'],
  ['periodic', '-1'],
  ['periodic', 'soon'],
])('the mode %s and the retention %s are refused', (mode, retention) => {
  expect(() => autoCompaction(mode, retention)).toThrow(/--auto-compaction-retention is/)
})
