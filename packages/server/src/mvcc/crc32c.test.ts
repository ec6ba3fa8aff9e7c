import fc from 'fast-check'
import { expect, it } from 'vitest'
import { crc32c } from './crc32c.ts'

it('gives the published check values', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa)
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43)
  expect(crc32c(Buffer.alloc(0))).toBe(0)
})

it('comes to the same in one piece and in many', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
      const whole = crc32c(Buffer.concat(pieces))
      expect(pieces.reduce((crc, piece) => crc32c(piece, crc), 0)).toBe(whole)
    }),
  )
})
