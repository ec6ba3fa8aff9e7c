import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { crc32 } from './crc32.ts'

it('is the checksum of zlib, for every stretch of bytes, long or short', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 700 }), fc.nat(), fc.nat(), (bytes, from, before) => {
      const start = from % (bytes.length + 1)
      // Of no bytes zlib takes no notice of what came before.
      for (const end of [bytes.length, Math.min(bytes.length, start + 20)])
        if (end > start) expect(crc32(bytes, start, end, before)).toBe(zlibCrc32(bytes.subarray(start, end), before))
    }),
  )
})
