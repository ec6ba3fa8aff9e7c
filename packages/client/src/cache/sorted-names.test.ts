import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SortedNames } from './sorted-names.ts'

describe('SortedNames', () => {
  it('lists the names of a set in order, whatever came and went between two looks', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
    const step = fc.oneof(
      name.map((toggled) => ({ toggled })),
      fc.constant('look' as const),
      fc.uniqueArray(name).map((replaced) => ({ replaced })),
    )
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const names = new SortedNames()
        let model = new Set<string>()
        for (const taken of steps) {
          if (taken === 'look') expect(names.list()).toEqual([...model].sort())
          else if ('replaced' in taken) {
            names.replace([...taken.replaced].sort())
            model = new Set(taken.replaced)
          } else if (model.delete(taken.toggled)) names.delete(taken.toggled)
          else {
            names.add(taken.toggled)
            model.add(taken.toggled)
          }
        }
        expect(names.list()).toEqual([...model].sort())
      }),
    )
  })

  it('never changes a list that it has given away', () => {
    const names = new SortedNames()
    names.replace(['a', 'b'])
    const before = names.list()
    names.add('c')
    names.delete('a')
    expect(names.list()).toEqual(['b', 'c'])
    expect(before).toEqual(['a', 'b'])
  })
})
