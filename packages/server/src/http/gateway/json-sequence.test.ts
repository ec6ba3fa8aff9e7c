import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonSequence } from './json-sequence.ts'

function read(bytes: Buffer, pieceBytes = bytes.length): unknown[] {
  const sequence = new JsonSequence(1_000_000)
  const values: unknown[] = []
  for (let start = 0; start < bytes.length; start += pieceBytes)
    values.push(...sequence.push(bytes.subarray(start, start + pieceBytes)))
  expect(sequence.pending).toBe(false)
  return values
}

const asNumber = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value)

describe('JsonSequence', () => {
  it('finds the objects, wherever the bytes were cut and whatever stands between them', () => {
    const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())
    const space = fc.constantFrom('', ' ', '\n', '\r\n\t')
    fc.assert(
      fc.property(fc.array(fc.tuple(object, space)), fc.integer({ min: 1, max: 50 }), (items, pieceBytes) => {
        const text = items.map(([value, between]) => JSON.stringify(value) + between).join('')
        const expected = items.map(([value]) => JSON.parse(JSON.stringify(value)))
        // A large number comes with the digits that were written, which stand for the same number.
        const values: unknown = JSON.parse(JSON.stringify(read(Buffer.from(text), pieceBytes), asNumber))
        expect(values).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  it.each(['5', 'x', '"text"', '}', '{"a":1} x', '{"a":}', '{"a":1]'])('refuses %s', (text) => {
    expect(() => new JsonSequence(100).push(Buffer.from(text))).toThrow('not JSON')
  })

  it('bounds one object, not all of them together', () => {
    const sequence = new JsonSequence(20)
    for (let count = 0; count < 10; count++) expect(sequence.push(Buffer.from('{"a":"12345"}'))).toHaveLength(1)
    expect(() => sequence.push(Buffer.from('{"a":"1234567890123'.repeat(2)))).toThrow('larger than 20 bytes')
  })

  it('knows that an object is not complete', () => {
    const sequence = new JsonSequence(20)
    sequence.push(Buffer.from('{} {"a":"}'))
    expect(sequence.pending).toBe(true)
  })
})
