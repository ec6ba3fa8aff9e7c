import { expect, test } from 'vitest'
import { byteCount } from './byte-count.ts'
import { printable } from './printable.ts'
import { table } from './table.ts'

test('columns line up also when cells hold wide characters', () => {
  expect(
    table(
      ['名称', 'N'],
      [
        ['订单服务', '1'],
        ['user', '22'],
      ],
    ),
  ).toBe('名称      N\n订单服务  1\nuser      22\n')
})

test('lines are cut to the screen, never through a character', () => {
  expect(table(['K'], [['订单服务']], { columns: 6 })).toBe('K\n订单…\n')
  expect(table(['K'], [['abcdef']], { columns: 6 })).toBe('K\nabcdef\n')
})

test('a cut line keeps what ends its colours', () => {
  const coloured = '\u001b[32mgreen\u001b[39m and more'
  expect(table(['K'], [[coloured]], { columns: 8 })).toBe('K\n\u001b[32mgreen\u001b[39m a…\n')
  expect(table(['K'], [[coloured]], { columns: 4 })).toBe('K\n\u001b[32mgre…\u001b[39m\n')
  expect(table(['K'], [[coloured]], { columns: 6 })).toBe('K\n\u001b[32mgreen\u001b[39m…\n')
})

test('colours count for nothing in a width', () => {
  expect(table(['A', 'B'], [['\u001b[32mup\u001b[39m', 'x']])).toBe('A   B\n\u001b[32mup\u001b[39m  x\n')
})

test('cells are one line of printable text', () => {
  expect(printable(Buffer.from('a\tb\nc\u001b[0m'))).toBe('a\\tb\\nc\\x1b[0m')
  expect(printable(Buffer.from([0x61, 0xff, 0x00]))).toBe('a\\xff\\x00')
  expect(printable(Buffer.from('配置'))).toBe('配置')
})

test('sizes are short', () => {
  expect(byteCount(9n)).toBe('9 B')
  expect(byteCount(20_480n)).toBe('20 kB')
  expect(byteCount(1_540_000n)).toBe('1.5 MB')
  expect(byteCount(2n * 1024n ** 3n)).toBe('2.1 GB')
})
