import { describe, expect, it } from 'vitest'
import { checkDocument, readDocument } from './config-document.ts'
import { documentFormat } from './document-format.ts'
import { maxDocumentBytes } from './document-text.ts'

function read(path: string, text: string | Uint8Array) {
  return readDocument(path, typeof text === 'string' ? Buffer.from(text) : text)
}

function problemOf(path: string, text: string | Uint8Array) {
  const { problems } = read(path, text)
  return problems?.[0]
}

describe('a YAML document', () => {
  it('gives its values', () => {
    expect(read('a.yaml', 'db:\n  host: 10.0.0.1\n  ports: [1, 2]\nempty:\nanswer: no\n').document?.value).toEqual({
      db: { host: '10.0.0.1', ports: [1, 2] },
      empty: null,
      answer: 'no',
    })
  })

  it('knows anchors and merge keys', () => {
    const { document } = read('a.yml', 'base: &base {retries: 3}\norder:\n  <<: *base\n  timeout: 1\n')
    expect(document?.value.order).toEqual({ retries: 3, timeout: 1 })
  })

  it.each(['', '\n', '# nothing yet\n', '---\n'])('takes %j as an empty mapping', (text) => {
    expect(read('a.yaml', text).document?.value).toEqual({})
  })

  it.each([
    ['a: 1\nb: [1, 2\nc: 3', 3, 'Flow sequence'],
    ['a: 1\na: 2', 2, 'unique'],
    ['x: {b: 1, b: 2}', 1, 'unique'],
    ['1: a\n"1": b', 2, 'unique'],
    ['a: 1\n---\nb: 2', 2, 'A second document begins here'],
    ['ok: 1\nkey: !secret x', 2, 'Unresolved tag'],
    ['ok: 1\nkey: !!binary aGk=', 2, 'Unresolved tag'],
    ['ok: 1\nkey: *nowhere', 2, 'no anchor &nowhere'],
    ['ok: 1\nkey: &x [*x]', 2, 'contains itself'],
    ['ok: 1\nid: 12345678901234567890', 2, 'put it in quotes'],
    ['ok: 1\nkey: {<<: 5}', 2, 'The value of << must be a mapping'],
    ['a: &a 1\nkey: {<<: [*a]}', 2, 'The value of << must be a mapping'],
    ['a: &a {x: 1}\nkey: {<<: *a, <<: *a}', 2, '"<<" occurs twice'],
    ['ok: 1\n\uFEFFkey: 1', 2, 'byte order mark'],
    ['ok: 1\nkey: \uFEFF1', 2, 'byte order mark'],
    ['? [a]\n: 1', 1, 'not a collection'],
    ['- a\n- b', 1, 'must be a mapping'],
    ['just words', 1, 'must be a mapping'],
  ])('says where %j is wrong', (text, line, message) => {
    expect(problemOf('order/application.yaml', text)).toMatchObject({
      code: 'invalid-document',
      path: 'order/application.yaml',
      line,
      column: expect.any(Number),
      message: expect.stringContaining(message),
    })
  })

  it('merges a mapping, a list of mappings, and what these merge; nearer keys count', () => {
    const text = [
      'a: &a {x: 1, y: 1}',
      'b: &b {<<: *a, y: 2, z: 2}',
      'c: {z: 3, <<: [*b, {w: 4, x: 4}]}',
      'd: &list [*a, *b]',
      'e: {<<: *list}',
    ].join('\n')
    expect(read('a.yaml', text).document?.value).toMatchObject({
      c: { z: 3, x: 1, y: 2, w: 4 },
      e: { x: 1, y: 1, z: 2 },
    })
  })

  it('takes an alias for the anchor that began last before it', () => {
    const text = 'a: &x 1\nb: [*x, &x 2, *x]\nc: &x {d: &x 3, e: *x}\nf: *x\n*x : g'
    expect(problemOf('a.yaml', text)?.message).toContain('not a collection')
    expect(read('a.yaml', text.replace('\n*x : g', '')).document?.value).toEqual({
      a: 1,
      b: [1, 2, 2],
      c: { d: 3, e: 3 },
      f: { d: 3, e: 3 },
    })
  })

  it('shares nothing between an anchor and its aliases', () => {
    const value = read('a.yaml', 'a: &a {x: [1]}\nb: *a').document?.value as { a: { x: unknown }; b: { x: unknown } }
    expect(value.b).toEqual(value.a)
    expect(value.b.x).not.toBe(value.a.x)
  })

  it('does not expand a bomb of aliases', () => {
    const levels = ['a: &a [x,x,x,x,x,x,x,x,x]']
    for (let i = 1; i < 9; i++) {
      const [name, below] = ['abcdefghi'[i], 'abcdefghi'[i - 1]]
      levels.push(`${name}: &${name} [${Array(9).fill(`*${below}`).join(',')}]`)
    }
    expect(problemOf('a.yaml', levels.join('\n'))?.message).toContain(
      'a.yaml:6:8: Aliases and merge keys repeat more than',
    )
  })

  it('ends on absurd nesting', () => {
    const blocks = Array.from({ length: 1400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')
    for (const text of [`a: ${'['.repeat(20_000)}`, '- '.repeat(20_000), '? '.repeat(20_000), blocks]) {
      expect(problemOf('a.yaml', text)?.message).toMatch(/^a\.yaml:\d+:\d+: Nested more than 100 deep/)
    }
  })

  it('finds the place of a key, through lists and aliases', () => {
    const { document } = read('a.yaml', 'base: &b\n  x: 1\nlist:\n  - name: a\n  - name: b\nuse: *b\n')
    expect(document?.locator()(['list', 1, 'name'])).toEqual({ line: 5, column: 5 })
    expect(document?.locator()(['use', 'x'])).toEqual({ line: 2, column: 3 })
    expect(document?.locator()(['list', 'nothing'])).toEqual({ line: 3, column: 1 })
  })
})

describe('a JSON document', () => {
  it('gives its values, tabs and all', () => {
    expect(read('a.json', '{\n\t"db": {"host": "a"}\n}').document?.value).toEqual({ db: { host: 'a' } })
  })

  it('says line and column of a mistake', () => {
    expect(problemOf('order/application.json', '{\n  "a": 1,\n  "b": tru\n}')).toMatchObject({
      message: 'order/application.json:3:8: tru is not a JSON value.',
      line: 3,
      column: 8,
    })
  })

  it('finds the place of a key', () => {
    const { document } = read('a.json', '{\n  "db": {\n    "ports": [1,\n  2]\n  }\n}')
    expect(document?.locator()(['db', 'ports'])).toEqual({ line: 3, column: 5 })
    expect(document?.locator()(['db', 'ports', 1])).toEqual({ line: 4, column: 3 })
  })
})

it('reports bytes that are not text', () => {
  expect(problemOf('a.yaml', Buffer.from([0xff, 0xfe]))).toMatchObject({ line: undefined, code: 'invalid-document' })
})

describe('the format of a document', () => {
  it.each([
    ['a.yaml', 'yaml'],
    ['a.YML', 'yaml'],
    ['a.json', 'json'],
    ['a.toml', 'toml'],
    ['a.properties', 'properties'],
    ['nginx.conf', 'text'],
    ['feature', 'text'],
  ])('of %s is %s', (path, format) => {
    expect(documentFormat(path, Buffer.from('x'))).toBe(format)
  })

  it('is binary when the bytes are no text', () => {
    expect(documentFormat('logo', Uint8Array.of(0xff, 0))).toBe('binary')
  })

  it('does not restrict text and binary documents', () => {
    expect(checkDocument('nginx.conf', Buffer.from('a: [ {'))).toEqual([])
    expect(checkDocument('logo.png', Uint8Array.of(0xff, 0))).toEqual([])
    expect(checkDocument('a.yaml', Buffer.from('a: ['))).toMatchObject([{ line: 1 }])
  })

  it('has a limit for the size', () => {
    const bytes = Buffer.alloc(maxDocumentBytes, 0x20)
    expect(checkDocument('a.yaml', bytes)).toEqual([])
    expect(checkDocument('a.txt', Buffer.concat([bytes, Buffer.from(' ')]))).toMatchObject([
      { path: 'a.txt', message: expect.stringContaining('at most 1,048,576') },
    ])
  })
})

describe('a byte order mark', () => {
  it.each([
    ['a.yaml', 'ok: 1\nkey: *x', 2, 6],
    ['a.yaml', 'key: *x', 1, 6],
    ['a.json', '{"a": x}', 1, 7],
    ['a.toml', 'a = x', 1, 5],
    ['a.properties', 'a=1\na=2', 2, 1],
    ['a.properties', '=1', 1, 1],
  ])('in front of %s moves no line and column', (path, text, line, column) => {
    expect(problemOf(path, text)).toMatchObject({ line, column })
    expect(problemOf(path, `\uFEFF${text}`)).toMatchObject({ line, column })
  })

  it.each([
    ['a.yaml', '\uFEFFkey: 1'],
    ['a.json', '\uFEFF{"key": 1}'],
    ['a.toml', '\uFEFFkey = 1'],
    ['a.properties', '\uFEFFkey=1'],
  ])('is no part of a key in %s, and moves no place', (path, text) => {
    const { document } = read(path, text)
    expect(document?.value).toEqual({ key: 1 })
    expect(document?.locator()(['key'])).toEqual(read(path, text.slice(1)).document?.locator()(['key']))
  })

  it('in the middle of properties is refused, as it cannot be seen', () => {
    expect(problemOf('a.properties', 'a=1\n\uFEFFb=2')).toMatchObject({
      line: 2,
      message: expect.stringContaining('byte order mark'),
    })
  })
})
