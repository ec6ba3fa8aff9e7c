import { expect, test } from 'vitest'
import { goQuote } from './go-quote.ts'

test.each([
  ['plain text', '"plain text"'],
  ['quote " and \\', '"quote \\" and \\\\"'],
  ['\n\r\t\v\f\b\u0007', '"\\n\\r\\t\\v\\f\\b\\a"'],
  ['\u0000\u001b\u007f', '"\\x00\\x1b\\x7f"'],
  ['配置 🙂 é', '"配置 🙂 é"'],
  ['\u2028\u00a0\ufeff\u{e0001}', '"\\u2028\\u00a0\\ufeff\\U000e0001"'],
  ['\ufffd', '"\ufffd"'],
])('%j is quoted as Go does', (text, quoted) => {
  expect(goQuote(Buffer.from(text))).toBe(quoted)
})

test('bytes that are no UTF-8 are escaped one by one', () => {
  expect(goQuote(Buffer.from([0x61, 0xff, 0xe2, 0x80, 0x62]))).toBe('"a\\xff\\xe2\\x80b"')
})
