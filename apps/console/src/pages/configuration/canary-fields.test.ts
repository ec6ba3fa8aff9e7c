import { expect, test } from 'vitest'
import { commaList } from '../../ui/comma-list.ts'
import { emptyFields, labelsOf, problemOf, proposalOf } from './canary-fields.ts'

test('what one types becomes a rule, and empty fields are no conditions', () => {
  expect(proposalOf({ ...emptyFields, name: ' try ' }, 'a: 1')).toEqual({
    name: 'try',
    content: 'a: 1',
    rule: { percent: 10 },
    limits: { maxRejected: 0 },
  })
  const fields = {
    ...emptyFields,
    name: 'x',
    percent: '',
    zones: 'eu-1，eu-2',
    labels: 'tier=a, tier=b',
    maxRejected: '',
  }
  expect(proposalOf(fields, '').rule).toEqual({ zones: ['eu-1', 'eu-2'], labels: { tier: ['a', 'b'] } })
})

test('says which field keeps a canary from being made', () => {
  expect(problemOf(emptyFields)).toBe('name')
  expect(problemOf({ ...emptyFields, name: 'a/b' })).toBe('name')
  expect(problemOf({ ...emptyFields, name: 'a', percent: '101' })).toBe('percent')
  expect(problemOf({ ...emptyFields, name: 'a', labels: 'tier' })).toBe('labels')
  expect(problemOf({ ...emptyFields, name: 'a', maxRejected: '-1' })).toBe('maxRejected')
  expect(problemOf({ ...emptyFields, name: 'a' })).toBeUndefined()
})

test('lists take both commas', () => {
  expect(commaList(' a , b，c,, ')).toEqual(['a', 'b', 'c'])
  expect(labelsOf('a=1=2')).toEqual({ a: ['1=2'] })
})
