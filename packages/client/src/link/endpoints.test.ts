import { describe, expect, it } from 'vitest'
import { parseEndpoints } from './endpoints.ts'

describe('parseEndpoints', () => {
  it.each([
    ['127.0.0.1:2379', false, ['http://127.0.0.1:2379']],
    ['127.0.0.1:2379', true, ['https://127.0.0.1:2379']],
    ['http://a:1, https://b:2/,a:1', false, ['http://a:1', 'https://b:2']],
    ['localhost', false, ['http://localhost:2379']],
    ['https://store:443', true, ['https://store:443']],
    ['http://[::1]:2379', false, ['http://[::1]:2379']],
  ])('reads %s', (text, secure, expected) => {
    expect(parseEndpoints(text, secure)).toEqual(expected)
  })

  it('takes a list', () => {
    expect(parseEndpoints(['a:1', 'b:2,c:3'], false)).toEqual(['http://a:1', 'http://b:2', 'http://c:3'])
  })

  it.each(['', ' , ', 'ftp://a:1', 'http://a:1/path', 'http://', 'http://a:1?x=1', 'a b:1', 'a:0'])(
    'refuses %j',
    (text) => {
      expect(() => parseEndpoints(text, false)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
    },
  )

  it.each([undefined, null, 5, [undefined]])('says that %j is no text, which types would have said', (given) => {
    const parse = (endpoints: unknown): unknown => Reflect.apply(parseEndpoints, undefined, [endpoints, false])
    expect(() => parse(given)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })

  it('refuses a password in a URL without repeating it', () => {
    expect(() => parseEndpoints('http://root:secret@a:1', false)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.not.stringContaining('secret') }),
    )
  })
})
