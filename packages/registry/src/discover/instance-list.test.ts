import { atOnce } from '@waypost/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Instance } from '../record/instance.ts'
import { readInstance } from '../record/read-instance.ts'
import { InstanceList } from './instance-list.ts'

function instance(id: string, port: number): Instance {
  const key = `/services/user/${id}`
  const { instance: read } = readInstance(key, Buffer.from(`10.0.0.1:${port}`), 1n)
  if (read === undefined) throw new Error('The record cannot be read.')
  return read
}

it('lists what is shown by id, whatever came, changed and went between two looks', () => {
  const id = fc.integer({ min: 0, max: 150 }).map((number) => `i${number}`)
  const change = fc.record({ id, port: fc.integer({ min: 1, max: 3 }), isGone: fc.boolean() })
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 100 }), { maxLength: 6 }), fc.boolean(), (rounds, isAhead) => {
      const shown = new Map<string, Instance>()
      const list = new InstanceList(shown)
      for (const changes of rounds) {
        const before = list.get()
        const copy = [...before]
        for (const { id, port, isGone } of changes) {
          const next = instance(id, port)
          list.changed(next.key, shown.get(next.key))
          if (isGone) shown.delete(next.key)
          else shown.set(next.key, next)
        }
        if (isAhead) atOnce(list.prepare())
        expect(list.get()).toEqual([...shown.values()].sort((a, b) => (a.id < b.id ? -1 : 1)))
        expect(before).toEqual(copy)
      }
    }),
    { numRuns: 12 },
  )
})

it('misses nothing that changes while it is brought up to date ahead', () => {
  const shown = new Map<string, Instance>()
  const list = new InstanceList(shown)
  const show = (id: string, port: number): void => {
    const next = instance(id, port)
    list.changed(next.key, shown.get(next.key))
    shown.set(next.key, next)
  }
  for (let index = 0; index < 600; index++) show(`i${index}`, 1)
  const work = list.prepare()
  work.next()
  show('i1', 2)
  shown.delete('/services/user/i2')
  list.changed('/services/user/i2', instance('i2', 1))
  atOnce(work)
  expect(list.get().find(({ id }) => id === 'i1')?.port).toBe(2)
  expect(list.get()).toHaveLength(599)
})
