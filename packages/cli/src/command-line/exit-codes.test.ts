import { WaypostError } from '@waypost/core'
import { expect, test } from 'vitest'
import { exitCodeOf, exitCodes, UsageError } from './exit-codes.ts'

test('each outcome has a number of its own', () => {
  const numbers = Object.values(exitCodes).map(({ code }) => code)
  expect(new Set(numbers).size).toBe(numbers.length)
})

test('errors end the process with the documented number', () => {
  expect(exitCodeOf(new UsageError('x'))).toBe(2)
  expect(exitCodeOf(new WaypostError('unavailable', 'x'))).toBe(3)
  expect(exitCodeOf(new WaypostError('deadline-exceeded', 'x'))).toBe(3)
  expect(exitCodeOf(new WaypostError('lease-not-found', 'x'))).toBe(4)
  expect(exitCodeOf(new WaypostError('outcome-unknown', 'x'))).toBe(5)
  expect(exitCodeOf(new WaypostError('permission-denied', 'x'))).toBe(6)
  expect(exitCodeOf(new WaypostError('compacted', 'x'))).toBe(1)
  expect(exitCodeOf(new Error('x'))).toBe(1)
})
