import { expect, test } from 'vitest'
import { readPages } from './read-pages.ts'

interface Numbers {
  readonly items: readonly number[]
  readonly next?: string
}

/** Pages of two, up to five. */
async function read(cursor: string | undefined): Promise<Numbers> {
  const from = cursor === undefined ? 1 : Number(cursor)
  const items = [from, from + 1].filter((item) => item <= 5)
  return from + 2 <= 5 ? { items, next: String(from + 2) } : { items }
}

const join = (before: Numbers, page: Numbers): Numbers => ({ items: [...before.items, ...page.items] })

test.each([
  [1, { items: [1, 2], next: '3' }],
  [2, { items: [1, 2, 3, 4], next: '5' }],
  [9, { items: [1, 2, 3, 4, 5] }],
])('reads %d pages', async (count, expected) => {
  expect(await readPages<Numbers>(count, read, join)).toEqual(expected)
})
