import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WeightTree } from './weight-tree.ts'

describe('WeightTree', () => {
  it('finds the index in whose stretch a point lies, after any changes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(9), { minLength: 1, maxLength: 40 }),
        fc.array(fc.tuple(fc.nat(39), fc.nat(9)), { maxLength: 100 }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (weights, changes, share) => {
          const tree = new WeightTree(weights)
          const expected = [...weights]
          for (const [index, weight] of changes) {
            if (index >= expected.length) continue
            tree.set(index, weight)
            expected[index] = weight
          }
          const total = expected.reduce((sum, weight) => sum + weight, 0)
          expect(tree.total).toBe(total)
          if (total === 0) return
          let rest = share * total
          const index = expected.findIndex((weight) => {
            if (rest < weight) return true
            rest -= weight
            return false
          })
          expect(tree.find(share * total)).toBe(index)
        },
      ),
    )
  })
})
