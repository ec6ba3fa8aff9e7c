import fc from 'fast-check'
import { expect, it } from 'vitest'
import { IntervalTree } from './interval-tree.ts'
import { noEnd } from './watch-range.ts'

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 })
const interval = fc.record({ start: text, end: fc.oneof(text, fc.constant(noEnd)), remove: fc.boolean() })

it('finds exactly the intervals that hold a point, whatever was added and removed before', () => {
  fc.assert(
    fc.property(
      fc.array(interval, { maxLength: 60 }),
      fc.array(text, { minLength: 1, maxLength: 10 }),
      (steps, points) => {
        const tree = new IntervalTree<string>()
        const model = new Map<string, { start: string; end: string }>()
        for (const { start, end, remove } of steps) {
          const name = `${start}-${end}`
          expect(tree.get(start, end)).toBe(model.has(name) ? name : undefined)
          if (model.has(name) && remove) {
            tree.delete(start, end)
            model.delete(name)
          } else if (!model.has(name)) {
            tree.add(start, end, name)
            model.set(name, { start, end })
          }
        }
        expect(tree.size).toBe(model.size)
        for (const point of points) {
          const found: string[] = []
          tree.forEachAt(point, (name) => found.push(name))
          const expected = [...model].filter(([, { start, end }]) => point >= start && (end === noEnd || point < end))
          expect(found.sort()).toEqual(expected.map(([name]) => name).sort())
        }
      },
    ),
  )
})
