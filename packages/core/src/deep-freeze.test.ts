import { expect, it } from 'vitest'
import { deepFreeze } from './deep-freeze.ts'

it('freezes objects and arrays all the way down', () => {
  const value = deepFreeze({ list: [{ name: 'a' }], nested: { deep: {} } })
  expect(Object.isFrozen(value.list[0])).toBe(true)
  expect(Object.isFrozen(value.nested.deep)).toBe(true)
  expect(() => value.list.push({ name: 'b' })).toThrow(TypeError)
})

it('leaves instances of classes alone', () => {
  const at = new Date(0)
  deepFreeze({ at })
  expect(Object.isFrozen(at)).toBe(false)
})

it('ends on a value that contains itself', () => {
  const value: { self?: unknown } = {}
  value.self = value
  expect(Object.isFrozen(deepFreeze(value))).toBe(true)
})
