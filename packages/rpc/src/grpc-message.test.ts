import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMessage, encodeMessage } from './grpc-message.ts'

describe('grpc-message', () => {
  it('comes back as it was, through printable ASCII only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (message) => {
        const encoded = encodeMessage(message)
        expect(encoded).toMatch(/^(?! )[ -~]*(?<! )$/)
        expect(decodeMessage(encoded)).toBe(message)
      }),
    )
  })

  it('encodes no more than it must', () => {
    expect(encodeMessage('etcdserver: key is not provided')).toBe('etcdserver: key is not provided')
    expect(encodeMessage('100 % é\n')).toBe('100 %25 %C3%A9%0A')
  })

  it.each([
    ['50% off', '50% off'],
    ['%', '%'],
    ['%4', '%4'],
    ['%zz', '%zz'],
    ['%e4%bd%a0 ok', '你 ok'],
    ['raw é stays', 'raw é stays'],
  ])('reads the careless %j', (encoded, message) => {
    expect(decodeMessage(encoded)).toBe(message)
  })
})
