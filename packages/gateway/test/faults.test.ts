import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const here = new URL('../', import.meta.url)

test('every fault of the list has its test', () => {
  const [tested = ''] = readFileSync(new URL('test/faults.md', here), 'utf8').split('## Without a test here')
  const rows = tested.split('\n').filter((line) => line.startsWith('|') && !/^\|(?: fault|---)/.test(line))
  const missing = rows.filter((row) => {
    const [, file = '', name = ''] = /\| `([^`]+)`: ([^|]+) \|$/.exec(row) ?? []
    const quoted = [`'${name}'`, `"${name}"`]
    return name === '' || !quoted.some((text) => readFileSync(new URL(file, here), 'utf8').includes(text))
  })
  expect(rows.length).toBeGreaterThan(20)
  expect(missing).toEqual([])
})
