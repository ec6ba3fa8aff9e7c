import { expect, it } from 'vitest'
import { readInstance } from '../record/read-instance.ts'
import { matcher, type Where } from './selector.ts'

const { instance } = readInstance(
  '/services/user/a',
  Buffer.from('{"host":"a","port":1,"zone":"z1","version":"2.4","tags":["blue","eu"],"metadata":{"tier":"gold"}}'),
  1n,
)

it.each<[Where, boolean]>([
  [{}, true],
  [{ zone: 'z1', version: '2.4' }, true],
  [{ version: '^2.1' }, true],
  [{ version: '2' }, true],
  [{ version: '>=3 || <2' }, false],
  [{ version: 'blue' }, false],
  [{ zone: 'z2' }, false],
  [{ tags: ['eu'] }, true],
  [{ tags: ['eu', 'green'] }, false],
  [{ metadata: { tier: 'gold' } }, true],
  [{ metadata: { tier: 'silver' } }, false],
  [({ port }) => port === 1, true],
])('matcher(%j) is %s', (where, expected) => {
  if (!instance) throw new Error('The record is readable.')
  expect(matcher(where)(instance)).toBe(expected)
})
