import { atOnce } from '@waypost/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ConfigObject, ConfigValue } from '../config-value.ts'
import { mergeLayers, mergeSteps } from './merge.ts'
import { fillPlaceholders, fillSteps } from './placeholders.ts'

const keys = fc.constantFrom('a', 'b', 'c', '1', '__proto__')
const leaf = fc.constantFrom<ConfigValue>(
  'x',
  1,
  null,
  '${a.b}',
  '${b:none}',
  '${env:HOME}',
  '${c}-${a.1}',
  '{cipher}v1:k:x',
)
const documents = fc.letrec<{ value: ConfigValue; object: ConfigObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
})).object

it('merges in steps what it merges at once', () => {
  fc.assert(
    fc.property(fc.array(documents, { maxLength: 4 }), (layers) => {
      const [clashes, inSteps]: string[][] = [[], []]
      const whole = mergeLayers(layers, (path) => clashes?.push(path.join('.')))
      expect(atOnce(mergeSteps(layers, (path) => inSteps?.push(path.join('.'))))).toEqual(whole)
      expect(inSteps).toEqual(clashes)
    }),
  )
})

it('fills in steps what it fills at once', () => {
  fc.assert(
    fc.property(documents, (root) => {
      const whole = fillPlaceholders(root)
      const inSteps = atOnce(fillSteps(root, {}))
      expect(inSteps.problems.length > 0).toBe(whole.problems.length > 0)
      if (whole.problems.length === 0) expect(inSteps).toEqual(whole)
    }),
  )
})
