import { describe, expect, it } from 'vitest'
import { HeaderField } from './header-field.ts'
import { type HeaderList, HeaderListBuilder } from './header-list.ts'

type Fields = readonly (readonly [name: string, value: string])[]

function listOf(fields: Fields): HeaderList {
  const builder = new HeaderListBuilder(65_536)
  for (const [name, value] of fields) builder.add(new HeaderField(name, value))
  return builder.build()
}

const request: Fields = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/'],
]

describe('HeaderListBuilder', () => {
  it.each<[string, Fields, string]>([
    ['a request', request, 'request'],
    ['a request with an odd authority', [...request, [':authority', '#initially=[127.0.0.1:2379]']], 'request'],
    ['te: trailers', [...request, ['te', 'trailers']], 'request'],
    [
      'CONNECT',
      [
        [':method', 'CONNECT'],
        [':authority', 'a:1'],
      ],
      'request',
    ],
    [
      'a response',
      [
        [':status', '200'],
        ['a', 'b'],
      ],
      'response',
    ],
    ['trailers', [['grpc-status', '0']], 'trailers'],
    ['nothing', [], 'trailers'],
    ['one content-length twice', [...request, ['content-length', '3'], ['content-length', '3']], 'request'],
    ['bytes above ASCII', [['a', '\u00ff']], 'trailers'],
    ['a blank within', [['a', 'b c\td']], 'trailers'],
  ])('should take %s', (_what, fields, kind) => {
    expect(listOf(fields)).toMatchObject({ kind, problem: '', tooLarge: false })
  })

  it.each<[string, Fields]>([
    [
      'no :path',
      [
        [':method', 'GET'],
        [':scheme', 'http'],
      ],
    ],
    [
      'an empty :path',
      [
        [':method', 'GET'],
        [':scheme', 'http'],
        [':path', ''],
      ],
    ],
    [
      'no :method',
      [
        [':scheme', 'http'],
        [':path', '/'],
      ],
    ],
    [
      'no :scheme',
      [
        [':method', 'GET'],
        [':path', '/'],
      ],
    ],
    [
      'CONNECT with a path',
      [
        [':method', 'CONNECT'],
        [':scheme', 'http'],
        [':path', '/'],
      ],
    ],
    ['a pseudo-header field twice', [...request, [':path', '/']]],
    ['an unknown pseudo-header field', [...request, [':protocol', 'x']]],
    ['a pseudo-header field behind others', [['a', 'b'], ...request]],
    ['fields of request and response', [...request, [':status', '200']]],
    ['a :status that is none', [[':status', '2000']]],
    ['an upper-case name', [...request, ['Accept', 'x']]],
    ['an empty name', [...request, ['', 'x']]],
    ['a name with a blank', [...request, ['a b', 'x']]],
    ['a value with a line feed', [...request, ['a', 'b\nc']]],
    ['a value with a carriage return', [...request, ['a', 'b\rc']]],
    ['a value with a zero byte', [...request, ['a', 'b\0c']]],
    ['a value that begins with a blank', [...request, ['a', ' b']]],
    ['a value that ends with a tab', [...request, ['a', 'b\t']]],
    ['te: gzip', [...request, ['te', 'gzip']]],
    ['content-length that is no number', [...request, ['content-length', '-1']]],
    ['two values of content-length', [...request, ['content-length', '3'], ['content-length', '4']]],
    ...['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'].map(
      (name): [string, Fields] => [name, [...request, [name, 'x']]],
    ),
  ])('should refuse %s', (_what, fields) => {
    const list = listOf(fields)
    expect(list.kind).toBe('malformed')
    expect(list.problem).not.toBe('')
  })
})
