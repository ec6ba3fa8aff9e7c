import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  everyKey,
  inNamespace,
  isEmptyRange,
  type KeyRange,
  prefixEnd,
  prefixRange,
  rangeContains,
  rangeCovers,
  rangesIntersect,
  singleKey,
} from './key-range.ts'

// A small alphabet with both extremes makes collisions and carries likely.
const byte = fc.constantFrom(0, 1, 0x61, 0xfe, 0xff)
const bytes = (min: number, max: number) =>
  fc.array(byte, { minLength: min, maxLength: max }).map((list) => Buffer.from(list))
const key = bytes(1, 3)
const range: fc.Arbitrary<KeyRange> = fc.oneof(
  fc.record({ key, rangeEnd: bytes(0, 3) }),
  key.map(singleKey),
  key.map(prefixRange),
  fc.constant(everyKey),
)
const everyShortKey = shortKeys()

function shortKeys(): Buffer[] {
  const alphabet = [0, 1, 0x61, 0xfe, 0xff]
  const one = alphabet.map((a) => [a])
  const two = one.flatMap((a) => alphabet.map((b) => [...a, b]))
  const three = two.flatMap((a) => alphabet.map((b) => [...a, b]))
  const four = three.flatMap((a) => [0, 0xff].map((b) => [...a, b]))
  return [...one, ...two, ...three, ...four].map((list) => Buffer.from(list))
}

function startsWith(bytesOfKey: Uint8Array, prefix: Uint8Array): boolean {
  return Buffer.compare(bytesOfKey.subarray(0, prefix.length), prefix) === 0
}

describe('prefixEnd', () => {
  it.each([
    ['a', 'b'],
    ['/services/', '/services0'],
  ])('of %j is %j', (prefix, end) => {
    expect(Buffer.from(prefixEnd(Buffer.from(prefix))).toString()).toBe(end)
  })

  it('has no end above 0xff bytes', () => {
    expect([...prefixEnd(Buffer.from([0xff, 0xff]))]).toEqual([0])
    expect([...prefixEnd(Buffer.from([0x61, 0xff]))]).toEqual([0x62])
  })

  it('bounds exactly the keys with the prefix', () => {
    fc.assert(
      fc.property(bytes(0, 2), (prefix) => {
        const all = prefixRange(prefix)
        for (const each of everyShortKey) expect(rangeContains(all, each)).toBe(startsWith(each, prefix))
      }),
    )
  })
})

describe('range algebra', () => {
  it('rangeCovers means that every key of the inner range is in the outer', () => {
    fc.assert(
      fc.property(range, range, (outer, inner) => {
        const members = everyShortKey.filter((each) => rangeContains(inner, each))
        if (rangeCovers(outer, inner)) for (const each of members) expect(rangeContains(outer, each)).toBe(true)
        else expect(isEmptyRange(inner)).toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  it('rangeCovers is reflexive and finds prefixes inside prefixes', () => {
    fc.assert(
      fc.property(range, (each) => {
        expect(rangeCovers(each, each)).toBe(true)
      }),
    )
    expect(rangeCovers(prefixRange(Buffer.from('/a/')), prefixRange(Buffer.from('/a/b/')))).toBe(true)
    expect(rangeCovers(prefixRange(Buffer.from('/a/')), prefixRange(Buffer.from('/a')))).toBe(false)
    expect(rangeCovers(prefixRange(Buffer.from('/a/')), everyKey)).toBe(false)
  })

  it('rangesIntersect is symmetric and true when a key is in both', () => {
    fc.assert(
      fc.property(range, range, (a, b) => {
        expect(rangesIntersect(a, b)).toBe(rangesIntersect(b, a))
        if (everyShortKey.some((each) => rangeContains(a, each) && rangeContains(b, each)))
          expect(rangesIntersect(a, b)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('an empty range contains nothing', () => {
    fc.assert(
      fc.property(range, (each) => {
        if (isEmptyRange(each)) expect(everyShortKey.some((k) => rangeContains(each, k))).toBe(false)
      }),
    )
  })

  it('a range inside a namespace contains the prefixed keys and nothing outside', () => {
    fc.assert(
      fc.property(key, range, (prefix, each) => {
        fc.pre(!isEmptyRange(each))
        const inside = inNamespace(prefix, each)
        for (const k of everyShortKey.slice(0, 60)) {
          expect(rangeContains(inside, Buffer.concat([prefix, k]))).toBe(rangeContains(each, k))
          if (!startsWith(k, prefix)) expect(rangeContains(inside, k)).toBe(false)
        }
      }),
    )
  })
})
