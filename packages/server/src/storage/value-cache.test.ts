import { describe, expect, it } from 'vitest'
import { ValueCache } from './value-cache.ts'

const value = (bytes: number, fill = 1) => Buffer.alloc(bytes, fill)

describe('the cache of values', () => {
  it('gives back what was added, and tells revisions of one transaction apart', () => {
    const cache = new ValueCache(1 << 20)
    cache.add(7, 0, value(10, 1))
    cache.add(7, 1, value(10, 2))
    expect(cache.get(7, 0)).toEqual(value(10, 1))
    expect(cache.get(7, 1)).toEqual(value(10, 2))
    expect(cache.get(8, 0)).toBeUndefined()
  })

  it('forgets what was deleted, in whichever generation it is', () => {
    const cache = new ValueCache(100_000)
    for (let main = 1; main <= 400; main++) cache.add(main, 0, value(50))
    for (let main = 1; main <= 400; main++) cache.delete(main, 0)
    for (let main = 1; main <= 400; main++) expect(cache.get(main, 0)).toBeUndefined()
  })

  it('keeps to its budget: of ten times as much it holds the newest, and what is asked for again and again', () => {
    const budget = 100_000
    const cache = new ValueCache(budget)
    cache.add(1, 0, value(50))
    for (let main = 2; main <= 5000; main++) {
      cache.add(main, 0, value(50))
      expect(cache.get(1, 0)).toBeDefined()
    }
    let held = 0
    for (let main = 5000; main > 1; main--) if (cache.get(main, 0)) held += 1
    expect(cache.get(2, 0)).toBeUndefined()
    expect(held).toBeGreaterThan(100)
    expect(held * 200).toBeLessThanOrEqual(budget)
  })

  it('keeps copies, for what it is given is overwritten', () => {
    const cache = new ValueCache(1 << 20)
    const given = value(10, 1)
    const kept = cache.add(1, 0, given)
    given.fill(2)
    expect(kept).toEqual(value(10, 1))
    expect(cache.get(1, 0)).toEqual(value(10, 1))
  })

  it('takes what stays along into new memory, so that it does not hold on to what lay beside it', () => {
    const cache = new ValueCache(1 << 20)
    const first = cache.add(1, 0, value(1000, 7))
    for (let main = 2; main <= 5000; main++) {
      cache.add(main, 0, value(1000))
      cache.get(1, 0)
    }
    expect(cache.get(1, 0)).toEqual(value(1000, 7))
    expect(cache.get(1, 0)?.buffer).not.toBe(first.buffer)
  })

  it('does not let one large value push everything out', () => {
    const cache = new ValueCache(100_000)
    cache.add(1, 0, value(50))
    cache.add(2, 0, value(90_000))
    expect(cache.get(1, 0)).toBeDefined()
    expect(cache.get(2, 0)).toBeUndefined()
  })

  it('holds nothing under a revision that no exact number names', () => {
    const cache = new ValueCache(1 << 20)
    cache.add(Number.MAX_SAFE_INTEGER, 0, value(10))
    expect(cache.get(Number.MAX_SAFE_INTEGER, 0)).toBeUndefined()
    expect(cache.get(Number.MAX_SAFE_INTEGER - 1, 0)).toBeUndefined()
  })
})
