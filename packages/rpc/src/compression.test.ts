import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decompress } from './compression.ts'
import { StatusCode } from './status.ts'

describe('decompress', () => {
  it('undoes gzip', () => {
    expect(decompress(gzipSync('hello'), 'gzip', 100)).toEqual(Buffer.from('hello'))
    expect(decompress(gzipSync(''), 'gzip', 100)).toHaveLength(0)
  })

  it('does not let a small message swell past the limit', () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000))
    expect(bomb.length).toBeLessThan(20_000)
    expect(() => decompress(bomb, 'gzip', 2_097_152)).toThrow(
      expect.objectContaining({ code: StatusCode.RESOURCE_EXHAUSTED }),
    )
  })

  it.each(['identity', undefined, 'snappy'])('refuses a compressed message under encoding %s', (encoding) => {
    expect(() => decompress(gzipSync('x'), encoding, 100)).toThrow(
      expect.objectContaining({ code: StatusCode.INTERNAL }),
    )
  })

  it('refuses what is no gzip', () => {
    expect(() => decompress(Buffer.from('plain'), 'gzip', 100)).toThrow(
      expect.objectContaining({ code: StatusCode.INTERNAL }),
    )
  })
})
