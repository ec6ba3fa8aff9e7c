import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ConfigObject, type ConfigValue, isConfigObject } from '../config-value.ts'
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

/** The same from the other end: what is looked at is seen through the mappings that lie over it, and nothing else. */
function seenFromAbove(values: readonly ConfigValue[]): ConfigValue {
  const [top = null] = values
  if (!isConfigObject(top)) return top
  const end = values.findIndex((value) => !isConfigObject(value))
  const mappings = values.slice(0, end === -1 ? undefined : end).filter(isConfigObject)
  const keys = new Set(mappings.flatMap((mapping) => Object.keys(mapping)))
  return Object.fromEntries(
    [...keys].map((key) => [
      key,
      seenFromAbove(mappings.flatMap((mapping) => (Object.hasOwn(mapping, key) ? [mapping[key] ?? null] : []))),
    ]),
  )
}

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

  it('gives each key what the most specific layer says of it', () => {
    fc.assert(
      fc.property(fc.array(layer, { minLength: 1, maxLength: 4 }), (layers) => {
        expect(mergeLayers(layers)).toEqual(seenFromAbove(layers.toReversed()))
      }),
    )
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
