import { describe, expect, it } from 'vitest'
import { encodeHeaders } from './header-block.ts'
import { HpackDecoder } from './hpack-decoder.ts'

function fieldsOf(decoder: HpackDecoder, hex: string): Record<string, string> {
  const block = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  return { ...decoder.decode(block, 0, block.length).fields }
}

/** A string literal without Huffman code. */
function text(value: string): string {
  const length =
    value.length < 127
      ? Buffer.of(value.length)
      : Buffer.of(127, (value.length - 127) | 0x80, (value.length - 127) >> 7)
  return Buffer.concat([length, Buffer.from(value, 'latin1')]).toString('hex')
}

const newField = (name: string, value: string): string => `40${text(name)}${text(value)}`

describe('HpackDecoder', () => {
  it('should decode the requests of RFC 7541, C.3', () => {
    const decoder = new HpackDecoder(65_536)
    const first = { ':method': 'GET', ':scheme': 'http', ':path': '/', ':authority': 'www.example.com' }
    expect(fieldsOf(decoder, '828684410f7777772e6578616d706c652e636f6d')).toEqual(first)
    expect(fieldsOf(decoder, '828684be58086e6f2d6361636865')).toEqual({ ...first, 'cache-control': 'no-cache' })
    expect(fieldsOf(decoder, '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565')).toEqual({
      ':method': 'GET',
      ':scheme': 'https',
      ':path': '/index.html',
      ':authority': 'www.example.com',
      'custom-key': 'custom-value',
    })
  })

  it('should decode the requests of RFC 7541, C.4, in Huffman code', () => {
    const decoder = new HpackDecoder(65_536)
    const first = { ':method': 'GET', ':scheme': 'http', ':path': '/', ':authority': 'www.example.com' }
    expect(fieldsOf(decoder, '828684418cf1e3c2e5f23a6ba0ab90f4ff')).toEqual(first)
    expect(fieldsOf(decoder, '828684be5886a8eb10649cbf')).toEqual({ ...first, 'cache-control': 'no-cache' })
    expect(fieldsOf(decoder, '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf')).toEqual({
      ...first,
      ':scheme': 'https',
      ':path': '/index.html',
      'custom-key': 'custom-value',
    })
  })

  it('should evict as the responses of RFC 7541, C.5, do in a table of 256 bytes', () => {
    const decoder = new HpackDecoder(65_536)
    const date = 'Mon, 21 Oct 2013 20:13:21 GMT'
    const location = 'https://www.example.com'
    expect(
      fieldsOf(
        decoder,
        '3fe101 4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d',
      ),
    ).toEqual({ ':status': '302', 'cache-control': 'private', date, location })
    expect(fieldsOf(decoder, '4803333037c1c0bf')).toEqual({
      ':status': '307',
      'cache-control': 'private',
      date,
      location,
    })
    expect(
      fieldsOf(
        decoder,
        '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
      ),
    ).toEqual({
      ':status': '200',
      'cache-control': 'private',
      date: 'Mon, 21 Oct 2013 20:13:22 GMT',
      location,
      'content-encoding': 'gzip',
      'set-cookie': 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    })
  })

  it('should not take a block that it knows for the same once the table has changed', () => {
    const decoder = new HpackDecoder(65_536)
    fieldsOf(decoder, newField('a', '1'))
    expect(fieldsOf(decoder, 'be')).toEqual({ a: '1' })
    expect(fieldsOf(decoder, 'be')).toEqual({ a: '1' })
    fieldsOf(decoder, newField('b', '2'))
    expect(fieldsOf(decoder, 'be')).toEqual({ b: '2' })
    expect(fieldsOf(decoder, newField('c', '3'))).toEqual({ c: '3' })
    expect(fieldsOf(decoder, newField('c', '3'))).toEqual({ c: '3' })
    expect(fieldsOf(decoder, 'bfc1')).toEqual({ c: '3', a: '1' })
    fieldsOf(decoder, '20')
    expect(() => fieldsOf(decoder, 'be')).toThrow('no field with index 62')
  })

  it('should give streams with equal blocks the same list', () => {
    const decoder = new HpackDecoder(65_536)
    const block = Buffer.from(encodeHeaders([['a', 'b']]))
    expect(decoder.decode(block, 0, block.length)).toBe(decoder.decode(Buffer.from(block), 0, block.length))
  })

  it('should keep hundreds of fields in their order', () => {
    const decoder = new HpackDecoder(65_536)
    for (let number = 0; number < 200; number += 1) fieldsOf(decoder, newField('n', String(number)))
    // 35 bytes or less each, in a table of 4,096.
    expect(fieldsOf(decoder, 'be')).toEqual({ n: '199' })
    expect(fieldsOf(decoder, 'ff23')).toEqual({ n: '99' })
    expect(() => fieldsOf(decoder, 'ff3b')).toThrow('no field with index')
  })

  it('should empty the table for a field that does not fit in it', () => {
    const decoder = new HpackDecoder(65_536)
    fieldsOf(decoder, newField('a', '1'))
    expect(fieldsOf(decoder, `3f01${newField('big', 'x')}`)).toEqual({ big: 'x' })
    expect(() => fieldsOf(decoder, 'be')).toThrow('no field with index 62')
  })

  it('should join what comes several times', () => {
    const decoder = new HpackDecoder(65_536)
    const fields = [newField('a', '1'), newField('cookie', 'x=1'), newField('a', '2'), newField('cookie', 'y=2')]
    expect(fieldsOf(decoder, fields.join(''))).toEqual({ a: '1, 2', cookie: 'x=1; y=2' })
  })

  it('should carry names that an object has already', () => {
    const decoder = new HpackDecoder(65_536)
    const block = Buffer.from(newField('__proto__', 'x') + newField('constructor', 'y'), 'hex')
    const { fields } = decoder.decode(block, 0, block.length)
    expect(Object.keys(fields)).toEqual(['__proto__', 'constructor'])
    expect(fields.toString).toBeUndefined()
  })

  it('should stop collecting at the limit but go on decoding', () => {
    const decoder = new HpackDecoder(100)
    const list = Buffer.from(newField('a', 'x'.repeat(200)) + newField('b', '1'), 'hex')
    const decoded = decoder.decode(list, 0, list.length)
    expect(decoded.tooLarge).toBe(true)
    expect(Object.keys(decoded.fields)).toEqual([])
    expect(fieldsOf(decoder, 'be')).toEqual({ b: '1' })
  })

  it('should not be swelled by one large field that is referred to many times', () => {
    const decoder = new HpackDecoder(65_536)
    fieldsOf(decoder, newField('a', 'x'.repeat(4000)))
    const bomb = Buffer.alloc(60_000, 0xbe)
    const { fields, tooLarge } = decoder.decode(bomb, 0, bomb.length)
    expect(tooLarge).toBe(true)
    expect(fields.a?.length).toBeLessThan(65_536)
  })

  it.each([
    ['index 0', '80'],
    ['an index beyond the tables', 'be'],
    ['a name beyond the tables', '7e0161'],
    ['an integer that does not end', 'ff808080808001'],
    ['an integer that is cut off', 'ff'],
    ['a string that is cut off', '400561'],
    ['a name without a value', '400161'],
    ['a string without Huffman code', '400161 81ff81ff'],
    ['a table larger than was offered', '3fe21f'],
    ['a table size behind a field', '8220'],
  ])('should refuse %s', (_what, hex) => {
    expect(() => fieldsOf(new HpackDecoder(65_536), hex)).toThrow(expect.objectContaining({ code: 9 }))
  })

  it('should read what encodeHeaders writes', () => {
    const fields: [string, string][] = [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', '/a.B/C'],
      [':authority', '#initially=[127.0.0.1:2379]'],
      ['authorization', 'x'.repeat(3000)],
      ['empty', ''],
      ['latin', '\u00e9\u00ff'],
      ['a'.repeat(300), 'b'],
    ]
    const block = Buffer.from(encodeHeaders(fields))
    const decoded = new HpackDecoder(65_536).decode(block, 0, block.length)
    expect({ ...decoded.fields }).toEqual(Object.fromEntries(fields))
    expect(decoded.kind).toBe('request')
  })
})
