import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Instance } from '../record/instance.ts'
import { algorithmNames } from './algorithms.ts'
import { balance, chiSquare, chiSquareLimit, instance, seeded, shares, weighted } from './instances.test-support.ts'

const skewed = weighted(1, 2, 3, 10, 0.5, 7)
const ok = { result: 'ok' } as const

function ids(count: number, record: Record<string, unknown> = {}): Instance[] {
  return Array.from({ length: count }, (_, index) => instance(`i${index}`, record))
}

describe.each(algorithmNames)('%s', (algorithm) => {
  it('follows the weights of idle instances', () => {
    const { balancer } = balance(skewed, { algorithm })
    expect(chiSquare(shares(balancer, 40_000), skewed)).toBeLessThan(chiSquareLimit(skewed.length))
  })

  it('follows weights that changed, and forgets who left', () => {
    const { balancer } = balance([...skewed, ...ids(30)], { algorithm, slowStartMs: 0 })
    for (let index = 0; index < 30; index++) balancer.delete(`/services/user/i${index}`)
    const changed = weighted(4, 1, 1, 9, 2, 2)
    for (const each of changed) balancer.set(each)
    const counts = shares(balancer, 40_000)
    expect(Object.keys(counts).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(chiSquare(counts, changed)).toBeLessThan(chiSquareLimit(changed.length))
  })

  it('is the same again for the same seed', () => {
    const run = () => {
      const { balancer } = balance(skewed, { algorithm }, seeded(7))
      return Array.from({ length: 50 }, () => balancer.pick()?.id)
    }
    expect(run()).toEqual(run())
  })

  it('finds the only one that is not excluded, however light', () => {
    const instances = weighted(1000, 1000, 0.001)
    const { balancer } = balance(instances, { algorithm })
    for (const key of [undefined, 'k1', 'k2', 'k3']) {
      expect(balancer.pick({ exclude: instances.slice(0, 2), key })?.id).toBe('c')
      expect(balancer.pick({ exclude: instances, key })).toBeUndefined()
    }
  })

  it('excludes by key, though the record changed meanwhile', () => {
    const { balancer } = balance(weighted(1, 1), { algorithm })
    const before = balancer.pick()
    for (const each of weighted(2, 2)) balancer.set(each)
    for (let pick = 0; pick < 20; pick++) {
      expect(balancer.pick({ exclude: before ? [before] : [] })?.id).not.toBe(before?.id)
    }
  })

  it('never picks who takes no traffic or is excluded, whatever happens', () => {
    const record = fc.record({
      weight: fc.constantFrom(0, 0.25, 1, 1, 3),
      status: fc.constantFrom('up', 'up', 'up', 'starting', 'leaving'),
      zone: fc.constantFrom('z1', 'z2', undefined),
    })
    const step = fc.oneof(
      fc.record({ type: fc.constant('set' as const), id: fc.nat(11), record }),
      fc.record({ type: fc.constant('delete' as const), id: fc.nat(11) }),
      fc.record({
        type: fc.constant('end' as const),
        id: fc.nat(11),
        result: fc.constantFrom('ok' as const, 'failed' as const, 'unreachable' as const, 'abandoned' as const),
      }),
      fc.record({ type: fc.constant('pick' as const), exclude: fc.array(fc.nat(11), { maxLength: 4 }) }),
      fc.record({ type: fc.constant('advance' as const), ms: fc.nat(40_000) }),
    )
    return fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.nat(), async (steps, seed) => {
        const { balancer, clock } = balance([], { algorithm, ejectAfterFailures: 1 }, seeded(seed))
        const present = new Map<string, Instance>()
        for (const each of steps) {
          const id = 'id' in each ? `i${each.id}` : ''
          const known = present.get(id)
          if (each.type === 'set') {
            present.set(id, instance(id, each.record))
            balancer.set(instance(id, each.record))
          } else if (each.type === 'delete') {
            present.delete(id)
            balancer.delete(`/services/user/${id}`)
          } else if (each.type === 'end' && known) {
            balancer.begin(known)
            balancer.end(known, { result: each.result, latencyMs: 5 })
          } else if (each.type === 'advance') await clock.advance(each.ms)
          else if (each.type === 'pick') {
            const exclude = each.exclude.map((number) => instance(`i${number}`))
            const excluded = new Set(exclude.map((one) => one.id))
            for (const options of [{ exclude }, { exclude, key: 'k' }, { exclude, zone: 'z1' }]) {
              const picked = balancer.pick(options)
              if (picked === undefined) continue
              expect(present.get(picked.id)).toEqual(picked)
              expect(picked.status).toBe('up')
              expect(picked.weight).toBeGreaterThan(0)
              expect(excluded.has(picked.id)).toBe(false)
            }
          }
          const usable = [...present.values()].filter(({ status, weight }) => status === 'up' && weight > 0)
          // Even with everybody blocked somebody is better than nobody.
          if (usable.length > 0) expect(balancer.pick()).toBeDefined()
          else expect(balancer.pick()).toBeUndefined()
        }
        balancer.close()
        expect(clock.pendingTimers).toBe(0)
      }),
      { numRuns: 150 },
    )
  })
})

describe('least in flight', () => {
  it('evens out the calls in flight, by weight', () => {
    const instances = weighted(1, 1, 1, 3)
    const { balancer } = balance(instances, { algorithm: 'least-in-flight' })
    const counts: Record<string, number> = {}
    for (let call = 0; call < 600; call++) {
      const picked = balancer.pick()
      if (picked === undefined) continue
      balancer.begin(picked)
      counts[picked.id] = (counts[picked.id] ?? 0) + 1
    }
    const { a = 0, b = 0, c = 0, d = 0 } = counts
    for (const each of [a, b, c, d / 3]) expect(Math.abs(each - 100)).toBeLessThan(15)
  })

  it('counts no call twice when it ends', () => {
    const [a] = weighted(1, 1)
    const { balancer } = balance(weighted(1, 1), { algorithm: 'least-in-flight' })
    if (a === undefined) return
    for (let call = 0; call < 10; call++) {
      balancer.begin(a)
      balancer.end(a, ok)
      balancer.end(a, ok)
    }
    expect(chiSquare(shares(balancer, 2000), weighted(1, 1))).toBeLessThan(chiSquareLimit(2))
  })
})

describe('peak EWMA', () => {
  it('sends most calls to the quicker one, and believes a slow answer at once', () => {
    const [a, b] = [instance('a'), instance('b')]
    const { balancer } = balance([a, b], { algorithm: 'peak-ewma' })
    for (const [one, latencyMs] of [
      [a, 10],
      [b, 100],
    ] as const) {
      balancer.begin(one)
      balancer.end(one, { result: 'ok', latencyMs })
    }
    expect(shares(balancer, 100)).toEqual({ a: 100 })
    balancer.report(a, { result: 'ok', latencyMs: 500 })
    expect(shares(balancer, 100)).toEqual({ b: 100 })
  })

  it('weighs latency against calls in flight', () => {
    const [a, b] = [instance('a'), instance('b')]
    const { balancer } = balance([a, b], { algorithm: 'peak-ewma' })
    balancer.report(a, { result: 'ok', latencyMs: 10 })
    balancer.report(b, { result: 'ok', latencyMs: 35 })
    const order = Array.from({ length: 5 }, () => {
      const picked = balancer.pick()
      if (picked) balancer.begin(picked)
      return picked?.id
    })
    expect(order).toEqual(['a', 'a', 'a', 'b', 'a'])
  })

  it('forgets the past, so that one who was slow is tried again', async () => {
    const [a, b] = [instance('a'), instance('b')]
    const { balancer, clock } = balance([a, b], { algorithm: 'peak-ewma' })
    balancer.report(b, { result: 'ok', latencyMs: 1000 })
    for (let second = 0; second < 60; second++) {
      balancer.report(a, { result: 'ok', latencyMs: 10 })
      await clock.advance(1000)
    }
    expect(balancer.pick()?.id).toBe('b')
  })

  it('does not pile calls on one that has not answered yet', () => {
    const [a, b] = [instance('a'), instance('b')]
    const { balancer } = balance([a, b], { algorithm: 'peak-ewma' })
    balancer.report(a, { result: 'ok', latencyMs: 10 })
    expect(balancer.pick()?.id).toBe('b')
    balancer.begin(b)
    expect(shares(balancer, 20)).toEqual({ a: 20 })
  })

  it('takes one that fails quickly for a slow one', () => {
    const [a, b] = [instance('a'), instance('b')]
    const { balancer } = balance([a, b], { algorithm: 'peak-ewma' })
    for (const one of [a, b]) balancer.report(one, { result: 'ok', latencyMs: 10 })
    balancer.report(a, { result: 'failed', latencyMs: 0.1 })
    expect(shares(balancer, 20)).toEqual({ b: 20 })
  })
})

describe('rendezvous', () => {
  const options = { algorithm: 'rendezvous' } as const
  const keys = Array.from({ length: 3000 }, (_, index) => `customer-${index}`)

  it('spreads keys by weight, and moves only those of who leaves', () => {
    const instances = weighted(1, 1, 2, 4)
    const { balancer } = balance(instances, options)
    const before = new Map(keys.map((key) => [key, balancer.pick({ key })?.id]))
    const counts: Record<string, number> = {}
    for (const id of before.values()) if (id) counts[id] = (counts[id] ?? 0) + 1
    expect(chiSquare(counts, instances)).toBeLessThan(chiSquareLimit(4))
    balancer.delete('/services/user/c')
    for (const [key, id] of before) if (id !== 'c') expect(balancer.pick({ key })?.id).toBe(id)
    for (const one of instances) balancer.set(one)
    for (const [key, id] of before) expect(balancer.pick({ key })?.id).toBe(id)
  })

  it('answers among many, asked again after every kind of change, as one does who never was asked before', () => {
    const instances = Array.from({ length: 100 }, (_, index) => instance(`i${index}`, { weight: 1 + (index % 3) }))
    const { balancer } = balance(instances, options)
    const [first, second, ...rest] = instances
    const lighter = instance(second?.id ?? '', { weight: 0.1 })
    const changes: (readonly [change: () => void, then: readonly Instance[]])[] = [
      [() => {}, instances],
      [() => balancer.delete(first?.key ?? ''), instances.slice(1)],
      [() => balancer.set(lighter), [lighter, ...rest]],
      [() => first && balancer.set(first), [...(first ? [first] : []), lighter, ...rest]],
    ]
    for (const [change, then] of changes) {
      change()
      const fresh = balance(then, options).balancer
      const expected = keys.map((key) => fresh.pick({ key })?.id)
      for (let time = 0; time < 2; time++) expect(keys.map((key) => balancer.pick({ key })?.id)).toEqual(expected)
    }
  })

  it('moves only the keys of who leaves, and only to who comes or becomes heavier', () => {
    const weight = fc.constantFrom(0.5, 1, 1, 1, 2, 3, 100)
    const change = fc.tuple(fc.nat({ max: 39 }), fc.option(weight, { nil: undefined }))
    const some = keys.slice(0, 60)
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 1, maxLength: 40 }),
        fc.array(change, { maxLength: 10 }),
        (list, changes) => {
          const weights = new Map(list.map((each, index) => [`i${index}`, each]))
          const { balancer } = balance(
            [...weights].map(([id, each]) => instance(id, { weight: each })),
            options,
          )
          const pickAll = () => new Map(some.map((key) => [key, balancer.pick({ key })?.id]))
          let before = pickAll()
          for (const [index, now] of changes) {
            const id = `i${index}`
            const was = weights.get(id) ?? 0
            if (now === undefined) balancer.delete(`/services/user/${id}`)
            else balancer.set(instance(id, { weight: now }))
            if (now === undefined) weights.delete(id)
            else weights.set(id, now)
            const after = pickAll()
            for (const key of some) {
              if (after.get(key) === before.get(key)) continue
              if ((now ?? 0) > was) expect(after.get(key)).toBe(id)
              else expect(before.get(key)).toBe(id)
            }
            before = after
          }
          const shuffled = [...weights].reverse().map(([id, each]) => instance(id, { weight: each }))
          const other = balance(shuffled, options).balancer
          for (const key of some) expect(other.pick({ key })?.id).toBe(before.get(key))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('follows the weights also among many', () => {
    const weights = [1, 2, 5]
    const instances = Array.from({ length: 900 }, (_, index) => instance(`i${index}`, { weight: weights[index % 3] }))
    const { balancer } = balance(instances, options)
    const counts = new Map<number, number>()
    const each = new Map<string, number>()
    const total = 90_000
    for (let index = 0; index < total; index++) {
      const picked = balancer.pick({ key: `k${index}` })
      counts.set(picked?.weight ?? 0, (counts.get(picked?.weight ?? 0) ?? 0) + 1)
      each.set(picked?.id ?? '', (each.get(picked?.id ?? '') ?? 0) + 1)
    }
    for (const weight of weights) expect((counts.get(weight) ?? 0) / total).toBeCloseTo(weight / 8, 2)
    // Of those with weight 5, who get 187 keys each on average, none gets twice or half of that.
    const heavy = instances.filter(({ weight }) => weight === 5).map(({ id }) => each.get(id) ?? 0)
    expect(Math.min(...heavy)).toBeGreaterThan(94)
    expect(Math.max(...heavy)).toBeLessThan(375)
  })

  it('gives the next best when the best is excluded, the same for every caller', () => {
    const one = balance(weighted(1, 1, 1), options, seeded(1)).balancer
    const other = balance(weighted(1, 1, 1).reverse(), options, seeded(2)).balancer
    for (const key of keys.slice(0, 100)) {
      const best = one.pick({ key })
      const exclude = best ? [best] : []
      expect(one.pick({ key, exclude })?.id).toBe(other.pick({ key, exclude })?.id)
    }
  })
})
