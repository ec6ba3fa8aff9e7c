import { expect, it } from 'vitest'
import { andList, orList, quoted } from './words.ts'

it('joins words as a sentence does', () => {
  expect(orList([])).toBe('')
  expect(orList(['a'])).toBe('a')
  expect(orList(['a', 'b'])).toBe('a or b')
  expect(andList(['a', 'b', 'c'])).toBe('a, b and c')
})

it('quotes any value for a message', () => {
  expect(quoted('a"b\n')).toBe('"a\\"b\\n"')
  expect(quoted(7n)).toBe('7')
  expect(quoted(undefined)).toBe('undefined')
  expect(quoted(Object.create(null))).toBe('[object Object]')
  expect(quoted('x'.repeat(200))).toHaveLength(81)
})
