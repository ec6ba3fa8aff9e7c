import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConfigObject } from '../config-value.ts'
import { mergeLayers } from './merge.ts'

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 1, 'x'),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value
const layer = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, {
  noNullPrototype: true,
}) as fc.Arbitrary<ConfigObject>

describe('mergeLayers', () => {
  it('merges mappings and replaces everything else', () => {
    const general = { db: { host: 'a', port: 1, tags: ['x', 'y'] }, mode: 'plain', proxy: { url: 'p' }, kept: 1 }
    const specific = { db: { host: 'b', tags: ['z'] }, mode: { name: 'new' }, proxy: null }
    expect(mergeLayers([general, specific])).toEqual({
      db: { host: 'b', port: 1, tags: ['z'] },
      mode: { name: 'new' },
      proxy: null,
      kept: 1,
    })
  })

  it('shares nothing with its layers', () => {
    const general = { list: [{ a: 1 }], map: { b: 1 } }
    const merged = mergeLayers([general])
    expect(merged).toEqual(general)
    expect(merged.list).not.toBe(general.list)
    expect(merged.map).not.toBe(general.map)
  })

  it('leaves prototypes alone', () => {
    const merged = mergeLayers([JSON.parse('{"__proto__":{"polluted":true}}')])
    expect(Object.keys(merged)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
  })

  it('can be done layer by layer, and an empty layer changes nothing', () => {
    fc.assert(
      fc.property(layer, layer, layer, (a, b, c) => {
        expect(mergeLayers([mergeLayers([a, b]), c])).toEqual(mergeLayers([a, b, c]))
        expect(mergeLayers([{}, a, {}])).toEqual(mergeLayers([a]))
      }),
    )
  })
})
