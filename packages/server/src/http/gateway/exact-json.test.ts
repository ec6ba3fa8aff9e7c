import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseExactJson } from './exact-json.ts'

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })

describe('parseExactJson', () => {
  it('keeps every digit of a whole number', () => {
    fc.assert(
      fc.property(int64, fc.string({ unit: 'binary' }), (number, text) => {
        const json = `{"text":${JSON.stringify(text)},"list":[${number}, ${number}],"n":${number}}`
        const expected = BigInt(Number(number)) === number ? Number(number) : number
        expect(parseExactJson(json)).toEqual({ text, list: [expected, expected], n: expected })
      }),
    )
  })

  it('is JSON.parse for everything else', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(
          JSON.stringify(parseExactJson(text), (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
        ).toBe(JSON.stringify(JSON.parse(text)))
      }),
    )
  })

  it.each([
    ['9223372036854775807', 2n ** 63n - 1n],
    ['-9223372036854775808', -(2 ** 63)],
    ['9.223372036854775807e18', 2n ** 63n - 1n],
    ['9223372036854775807000e-3', 2n ** 63n - 1n],
    ['9223372036854775807.0', 2n ** 63n - 1n],
    ['1e3', 1000],
    ['0.5', 0.5],
    ['9007199254740993.5', 9007199254740994],
    ['1e400', Number.POSITIVE_INFINITY],
    ['"9223372036854775807"', '9223372036854775807'],
    ['"\\"9223372036854775807"', '"9223372036854775807'],
  ])('reads %s', (text, value) => {
    expect(parseExactJson(text)).toEqual(value)
  })

  it.each([
    '9223372036854775807x',
    '09223372036854775807',
    '9223372036854775807.',
    '--9223372036854775807',
    '"92',
    '{',
  ])('refuses %s', (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError)
  })
})
