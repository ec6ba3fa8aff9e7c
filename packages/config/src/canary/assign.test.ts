import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Canary, CanaryRule } from '../records/canary.ts'
import { canaryFor, percentileOf } from './assign.ts'

function canary(name: string, rule: CanaryRule, order = 0, seed = name): Canary {
  return { name, order, rule, seed, content: { encoding: 'utf8', content: '' }, checksum: '', at: '' }
}

const instances = fc.string({ minLength: 1 })
const percents = fc.double({ min: 0, max: 100, noNaN: true })

describe('the assignment of canaries', () => {
  it('is the same every time, in every process', () => {
    // Worked out once: it must never change, or a running rollout would move to other instances.
    expect(['a', 'b', 'c'].map((instance) => Math.floor(percentileOf(instance, 'seed')))).toMatchInlineSnapshot(`
      [
        24,
        34,
        43,
      ]
    `)
  })

  it('only adds instances when the percentage is raised', () => {
    fc.assert(
      fc.property(instances, percents, percents, fc.string(), (instance, a, b, seed) => {
        const [lower, higher] = a < b ? [a, b] : [b, a]
        const inLower = canaryFor({ canaries: [canary('x', { percent: lower }, 0, seed)] }, { instance })
        const inHigher = canaryFor({ canaries: [canary('x', { percent: higher }, 0, seed)] }, { instance })
        if (inLower) expect(inHigher).toBeDefined()
      }),
      { numRuns: 1000 },
    )
  })

  it('takes nobody at 0 and everybody at 100', () => {
    fc.assert(
      fc.property(instances, (instance) => {
        expect(canaryFor({ canaries: [canary('x', { percent: 0 })] }, { instance })).toBeUndefined()
        expect(canaryFor({ canaries: [canary('x', { percent: 100 })] }, { instance })).toBeDefined()
      }),
    )
  })

  it.each([1, 10, 50, 90])('takes about %i percent, of names that are alike too', (percent) => {
    const count = 20_000
    let taken = 0
    for (let index = 0; index < count; index++) if (percentileOf(`order-7d9f-${index}`, 'rollout') < percent) taken++
    const expected = (count * percent) / 100
    // Five standard deviations of a binomial distribution; the hash is fixed, so this never flickers.
    const tolerance = 5 * Math.sqrt(count * (percent / 100) * (1 - percent / 100))
    expect(Math.abs(taken - expected)).toBeLessThan(tolerance)
  })

  it('chooses independently for another seed', () => {
    const count = 20_000
    let both = 0
    for (let index = 0; index < count; index++) {
      if (percentileOf(`i${index}`, 'one') < 50 && percentileOf(`i${index}`, 'two') < 50) both++
    }
    expect(both / count).toBeCloseTo(0.25, 1)
  })

  it.each<[CanaryRule, boolean]>([
    [{}, false],
    [{ instances: ['web-1'] }, true],
    [{ instances: ['web-2'] }, false],
    [{ zones: ['eu-1', 'eu-2'] }, true],
    [{ zones: ['us-1'] }, false],
    [{ labels: { tier: ['internal', 'test'] } }, true],
    [{ labels: { tier: ['external'] } }, false],
    [{ labels: { toString: ['x'] } }, false],
    [{ zones: ['eu-1'], labels: { tier: ['external'] } }, false],
    [{ zones: ['eu-1'], percent: 0 }, false],
    [{ zones: ['eu-1'], percent: 100 }, true],
  ])('by %j gives %s', (rule, expected) => {
    const identity = { instance: 'web-1', zone: 'eu-1', labels: { tier: 'internal' } }
    expect(canaryFor({ canaries: [canary('x', rule)] }, identity) !== undefined).toBe(expected)
  })

  it('is the first, by order, all of whose conditions hold by themselves', () => {
    const few = fc.subarray(['a', 'b', 'c'], { minLength: 1 })
    const rule = fc.record(
      { percent: percents, zones: few, instances: few, labels: fc.dictionary(fc.constantFrom('x', 'y'), few) },
      { requiredKeys: [] },
    )
    const one = fc.constantFrom('a', 'b', 'c', 'd')
    const identity = fc.record({ instance: one, zone: one, labels: fc.dictionary(fc.constantFrom('x', 'y'), one) })
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), identity, (rules, who) => {
        const holds = (condition: CanaryRule): boolean =>
          canaryFor({ canaries: [canary('alone', condition, 0, 'seed')] }, who) !== undefined
        const expected = rules.findIndex(({ labels, ...others }) => {
          const conditions: CanaryRule[] = Object.entries(others).map((entry) => Object.fromEntries([entry]))
          for (const entry of Object.entries(labels ?? {})) conditions.push({ labels: Object.fromEntries([entry]) })
          return (conditions.length > 0 || labels !== undefined) && conditions.every(holds)
        })
        const canaries = rules.map((each, order) => canary(String(order), each, order, 'seed')).toReversed()
        expect(canaryFor({ canaries }, who)?.name).toBe(expected === -1 ? undefined : String(expected))
      }),
      { numRuns: 1000 },
    )
  })

  it('goes by the order when several are for the instance', () => {
    const canaries = [canary('late', { percent: 100 }, 2), canary('early', { percent: 100 }, 1)]
    expect(canaryFor({ canaries }, { instance: 'a' })?.name).toBe('early')
  })

  it('by zone or label leaves out who has none', () => {
    expect(canaryFor({ canaries: [canary('x', { zones: ['a'] })] }, { instance: 'a' })).toBeUndefined()
    expect(canaryFor({ canaries: [canary('x', { labels: { a: ['b'] } })] }, { instance: 'a' })).toBeUndefined()
  })
})
