import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Instance } from '../record/instance.ts'
import { readInstance } from '../record/read-instance.ts'
import { mergeChanges, type ServiceChanges } from './service-changes.ts'

type State = ReadonlyMap<string, Instance>

function instance(id: string, port: number): Instance {
  const { instance } = readInstance(`/services/user/${id}`, Buffer.from(`h:${port}`), BigInt(port))
  if (instance === undefined) throw new Error('It is readable.')
  return instance
}

function difference(from: State, to: State, revision: bigint): ServiceChanges {
  const keys = [...new Set([...from.keys(), ...to.keys()])]
  return {
    revision,
    added: keys.flatMap((key) => (from.has(key) ? [] : (to.get(key) ?? []))),
    changed: keys.flatMap((key) => {
      const [previous, current] = [from.get(key), to.get(key)]
      return previous && current && previous !== current ? [{ previous, current }] : []
    }),
    removed: keys.flatMap((key) => {
      const gone = from.get(key)
      return gone && !to.has(key) ? [{ instance: gone, reason: 'expired' as const }] : []
    }),
    unreadable: [],
  }
}

const states = fc.array(
  fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 3 })).map((ports) => {
    const entries = Object.entries(ports).map(([id, port]) => instance(id, port))
    return new Map(entries.map((entry) => [entry.key, entry]))
  }),
  { minLength: 2, maxLength: 6 },
)

const sorted = ({ added, changed, removed }: ServiceChanges) => ({
  added: [...added].sort((a, b) => (a.id < b.id ? -1 : 1)),
  changed: [...changed].sort((a, b) => (a.current.id < b.current.id ? -1 : 1)),
  removed: [...removed].sort((a, b) => (a.instance.id < b.instance.id ? -1 : 1)),
})

describe('mergeChanges', () => {
  it('tells a consumer that missed every state in between the difference from first to last', () => {
    fc.assert(
      fc.property(states, (history) => {
        const first = history[0] ?? new Map()
        const last = history.at(-1) ?? new Map()
        let merged: ServiceChanges | undefined
        for (const [index, state] of history.slice(1).entries()) {
          const step = difference(history[index] ?? new Map(), state, BigInt(index))
          merged = merged === undefined ? step : mergeChanges(merged, step)
        }
        const seen = new Map<string, Instance>(first)
        for (const added of merged?.added ?? []) seen.set(added.key, added)
        for (const { current } of merged?.changed ?? []) seen.set(current.key, current)
        for (const { instance } of merged?.removed ?? []) seen.delete(instance.key)
        expect(new Map([...seen].sort())).toEqual(new Map([...last].sort()))
        const nothing = { revision: 0n, added: [], changed: [], removed: [], unreadable: [] }
        const expected = difference(first, last, 0n)
        expect(sorted(merged ?? nothing).added).toEqual(sorted(expected).added)
        expect(sorted(merged ?? nothing).removed).toEqual(sorted(expected).removed)
      }),
    )
  })

  it('keeps the last reason, and only what is still unreadable', () => {
    const [a, b] = [instance('a', 1), instance('b', 1)]
    const problem = { key: b.key, message: 'no', revision: 2n, isPartial: false }
    const merged = mergeChanges(
      { revision: 2n, added: [], changed: [], removed: [{ instance: b, reason: 'unreadable' }], unreadable: [problem] },
      { revision: 3n, added: [b], changed: [], removed: [{ instance: a, reason: 'left' }], unreadable: [] },
    )
    expect(merged).toMatchObject({ revision: 3n, removed: [{ instance: a, reason: 'left' }], unreadable: [] })
  })
})
