import { expect, test } from 'vitest'
import { heldRows } from './held-rows.ts'

const row = (key: string, value: number) => ({ key, value })
const keyOf = ({ key }: { key: string }): string => key

test('rows keep their places and take their newest values; new ones wait, and those that are gone are told', () => {
  const held = [row('a', 1), row('b', 1), row('c', 1)]
  expect(heldRows(held, [row('0', 1), row('c', 2), row('a', 2)], keyOf)).toEqual({
    rows: [row('a', 2), row('b', 1), row('c', 2)],
    gone: new Set(['b']),
  })
})
