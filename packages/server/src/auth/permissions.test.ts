import { type KeyRange, rangeContains } from '@waypost/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isGrantable, KeySet } from './permissions.ts'

function range(key: string, rangeEnd = ''): KeyRange {
  return { key: Buffer.from(key), rangeEnd: Buffer.from(rangeEnd) }
}

describe('a set of keys', () => {
  it('covers what its ranges cover only together', () => {
    const keys = new KeySet([range('a', 'c'), range('c', 'e'), range('g')])
    expect(keys.covers(range('b', 'd'))).toBe(true)
    expect(keys.covers(range('a', 'e'))).toBe(true)
    expect(keys.covers(range('a', 'f'))).toBe(false)
    expect(keys.covers(range('g'))).toBe(true)
    expect(keys.covers(range('g', 'h'))).toBe(false)
    expect(keys.covers(range('e'))).toBe(false)
  })

  it('gives a single key for no range, and an open range for nothing less', () => {
    const single = new KeySet([range('a')])
    expect(single.covers(range('a', '\0'))).toBe(false)
    expect(single.covers(range('a', 'a\0'))).toBe(true)
    const open = new KeySet([range('b', '\0')])
    expect(open.covers(range('b', '\0'))).toBe(true)
    expect(open.covers(range('a', '\0'))).toBe(false)
    expect(open.covers(range('zzz', '\0'))).toBe(true)
  })

  it('that is empty covers nothing, not even a range without keys', () => {
    expect(new KeySet([]).covers(range('b', 'a'))).toBe(false)
    expect(new KeySet([]).covers(range('a'))).toBe(false)
  })

  it('covers a range exactly when it holds each of its keys', () => {
    const letters = fc.integer({ min: 0, max: 6 }).map((letter) => String.fromCharCode(97 + letter))
    const anyRange = fc
      .tuple(letters, fc.oneof(letters, fc.constantFrom('', '\0')))
      .map(([key, end]) => range(key, end))
    fc.assert(
      fc.property(fc.array(anyRange, { maxLength: 6 }), anyRange, (granted, wanted) => {
        // Between two letters lie others, so a range of single keys never covers one of letters.
        const points = [...'abcdefg'].flatMap((letter) => [letter, `${letter}\0`, `${letter}x`]).concat('zz')
        const inside = points.filter((point) => rangeContains(wanted, Buffer.from(point)))
        fc.pre(inside.length > 0)
        const each = inside.every((point) => granted.some((one) => rangeContains(one, Buffer.from(point))))
        expect(new KeySet(granted).covers(wanted)).toBe(each)
      }),
    )
  })
})

it('only a range that can hold a key can be granted', () => {
  expect(isGrantable(range('a'))).toBe(true)
  expect(isGrantable(range('a', '\0'))).toBe(true)
  expect(isGrantable(range('a', 'b'))).toBe(true)
  expect(isGrantable(range(''))).toBe(false)
  expect(isGrantable(range('', '\0'))).toBe(false)
  expect(isGrantable(range('b', 'a'))).toBe(false)
  expect(isGrantable(range('b', 'b'))).toBe(false)
})
