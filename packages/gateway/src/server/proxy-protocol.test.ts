import { describe, expect, it } from 'vitest'
import { readProxyHeader } from './proxy-protocol.ts'

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')

function v2(command: number, family: number, addresses: Buffer): Buffer {
  const head = Buffer.from([0x20 | command, family, 0, addresses.length])
  return Buffer.concat([signature, head, addresses, Buffer.from('GET / ')])
}

describe('readProxyHeader', () => {
  it.each([
    ['PROXY TCP4 192.0.2.7 10.0.0.1 56324 443\r\nGET /', { clientAddress: '192.0.2.7', length: 41 }],
    ['PROXY TCP6 2001:db8::1 ::1 56324 443\r\n', { clientAddress: '2001:db8::1', length: 38 }],
    ['PROXY UNKNOWN\r\n', { clientAddress: undefined, length: 15 }],
    ['PROXY TCP4 192.0.2.7 10.', 'more'],
    ['PRO', 'more'],
    ['GET / HTTP/1.1\r\n', 'malformed'],
    ['PROXY TCP4 evil 10.0.0.1 1 2\r\n', 'malformed'],
    ['PROXY TCP4 ::1 ::1 1 2\r\n', 'malformed'],
    [`PROXY TCP4 ${'1'.repeat(120)}`, 'malformed'],
  ])('reads %j', (text, expected) => {
    expect(readProxyHeader(Buffer.from(text))).toEqual(expected)
  })

  it('reads version 2', () => {
    const four = Buffer.from([192, 0, 2, 7, 10, 0, 0, 1, 0xdc, 4, 1, 0xbb])
    expect(readProxyHeader(v2(1, 0x11, four))).toEqual({ clientAddress: '192.0.2.7', length: 28 })
    const six = Buffer.alloc(36)
    six.writeUInt16BE(0x2001, 0)
    six.writeUInt16BE(0x0db8, 2)
    six.writeUInt8(1, 15)
    expect(readProxyHeader(v2(1, 0x21, six))).toEqual({ clientAddress: '2001:db8::1', length: 52 })
    expect(readProxyHeader(v2(0, 0, Buffer.alloc(0)))).toEqual({ clientAddress: undefined, length: 16 })
    expect(readProxyHeader(v2(1, 0x11, four).subarray(0, 20))).toBe('more')
    expect(readProxyHeader(v2(1, 0x11, Buffer.alloc(4)))).toBe('malformed')
    expect(readProxyHeader(v2(5, 0x11, four))).toBe('malformed')
  })
})
