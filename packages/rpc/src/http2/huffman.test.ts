import { describe, expect, it } from 'vitest'
import { huffmanDecode } from './huffman.ts'

function decode(hex: string): string | undefined {
  const bytes = Buffer.from(hex, 'hex')
  const target = Buffer.alloc(Math.floor((bytes.length * 8) / 5) + 1)
  const length = huffmanDecode(bytes, 0, bytes.length, target)
  return length < 0 ? undefined : target.toString('latin1', 0, length)
}

/** The code, filled up with ones. */
function padded(code: number, bits: number): string {
  const text = code.toString(2).padStart(bits, '0')
  return (text.padEnd(Math.ceil(bits / 8) * 8, '1').match(/.{8}/g) ?? [])
    .map((byte) => Number.parseInt(byte, 2).toString(16).padStart(2, '0'))
    .join('')
}

/** Source: RFC 7541, appendix B: the bytes that no header carries, so that no foreign peer can show them. */
const controlCodes: readonly (readonly [byte: number, code: number, bits: number])[] = [
  [0, 0x1ff8, 13],
  [1, 0x7fffd8, 23],
  [9, 0xffffea, 24],
  [10, 0x3ffffffc, 30],
  [13, 0x3ffffffd, 30],
  [22, 0x3ffffffe, 30],
  [127, 0xffffffc, 28],
  ...[2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31].map(
    (byte, index) => [byte, 0xfffffe2 + index, 28] as const,
  ),
]

describe('huffmanDecode', () => {
  it.each([
    ['f1e3c2e5f23a6ba0ab90f4ff', 'www.example.com'],
    ['a8eb10649cbf', 'no-cache'],
    ['25a849e95ba97d7f', 'custom-key'],
    ['25a849e95bb8e8b4bf', 'custom-value'],
    ['6402', '302'],
    ['d07abe941054d444a8200595040b8166e082a62d1bff', 'Mon, 21 Oct 2013 20:13:21 GMT'],
    [
      '94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
      'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    ],
    ['', ''],
  ])('should decode the example %s', (hex, text) => {
    expect(decode(hex)).toBe(text)
  })

  it.each(controlCodes)('should decode byte %i', (byte, code, bits) => {
    expect(decode(padded(code, bits))).toBe(String.fromCharCode(byte))
  })

  it.each([
    ['padding of a whole byte', 'a8eb10649cbfff'],
    ['padding that is not ones', 'a8eb10649cbe'],
    ['the end-of-string symbol', 'fffffffc'],
    ['the end-of-string symbol behind text', '1ffffffffc'],
  ])('should refuse %s', (_what, hex) => {
    expect(decode(hex)).toBeUndefined()
  })
})
