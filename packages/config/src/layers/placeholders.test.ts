import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConfigObject, ConfigValue } from '../config-value.ts'
import { fillPlaceholders, type PlaceholderOptions } from './placeholders.ts'

function fill(root: ConfigObject, options: PlaceholderOptions = { env: {} }) {
  const { value, problems } = fillPlaceholders(root, options)
  expect(problems).toEqual([])
  return value
}

function reasonsOf(root: ConfigObject, options: PlaceholderOptions = { env: {} }) {
  return fillPlaceholders(root, options).problems.map(({ path, reason }) => `${path.join('.')}: ${reason}`)
}

describe('placeholders', () => {
  it('take the value of another key, of whatever type', () => {
    const db = { host: 'a', port: 5432, tls: true, none: null, tags: ['x', { y: 1 }] }
    expect(
      fill({
        db,
        all: '${db}',
        port: '${db.port}',
        tls: '${db.tls}',
        none: '${db.none}',
        item: '${db.tags.1.y}',
        url: 'postgres://${db.host}:${db.port}/?tls=${db.tls}',
        list: ['${db.host}', { deep: '${url}' }],
      }),
    ).toEqual({
      db,
      all: db,
      port: 5432,
      tls: true,
      none: null,
      item: 1,
      url: 'postgres://a:5432/?tls=true',
      list: ['a', { deep: 'postgres://a:5432/?tls=true' }],
    })
  })

  it('lead through one another', () => {
    expect(fill({ a: '${b.c}', b: '${d}', d: { c: '${e}!', x: '$${kept}' }, e: 1, f: '${b.x}' })).toMatchObject({
      a: '1!',
      f: '${kept}',
    })
  })

  it.each<[string, unknown]>([
    ['${none:8080}', 8080],
    ['${none:true}', true],
    ['${none:null}', null],
    ['${none:}', ''],
    ['${none:007}', '007'],
    ['${none:1e3}', '1e3'],
    ['${none:a:b}', 'a:b'],
    ['${none:${name}}', 'order'],
    ['${none:${nothing:5}}', 5],
    ['${none:<${name}>}', '<order>'],
    ['${ name }', 'order'],
    ['port ${none:8080}', 'port 8080'],
    ['${env:PORT}', 80],
    ['${env:PORT:90}', 80],
    ['${env:NONE:90}', 90],
    ['${env:NONE:${env:HOME}}', '/root'],
    ['${env:TRICK}', '${name}'],
    ['$${name}', '${name}'],
    ['a $${name} ${name}', 'a ${name} order'],
    ['$$${name}', '$${name}'],
    ['$name {name} $', '$name {name} $'],
  ])('read %j as %j', (text, expected) => {
    const env = { PORT: '80', HOME: '/root', TRICK: '${name}' }
    expect(fill({ name: 'order', text }, { env }).text).toEqual(expected)
  })

  it.each<[ConfigObject, string]>([
    [{ a: '${b}' }, 'a: There is no key b; ${b} has no default.'],
    [{ a: { b: '${env:NONE}' } }, 'a.b: The environment variable NONE is not set; ${env:NONE} has no default.'],
    [{ a: 'x ${b', b: 1 }, 'a: A placeholder ${ is not closed; write $${ for the text ${ itself.'],
    [{ a: '${}' }, 'a: ${} names nothing; write $${ for the text ${ itself.'],
    [{ a: '${b..c}' }, 'a: ${b..c} names nothing; write $${ for the text ${ itself.'],
    [{ a: 'x${b}', b: { c: 1 } }, 'a: ${b} is a mapping, which cannot be part of a text.'],
    [{ a: 'x${b}', b: [] }, 'a: ${b} is a list, which cannot be part of a text.'],
    [{ a: 'x${b}', b: null }, 'a: ${b} is null, which cannot be part of a text.'],
    [{ a: '${${b}}', b: 'a' }, 'a: ${${b}}: a name cannot contain another placeholder.'],
    [{ a: '${toString}' }, 'a: There is no key toString; ${toString} has no default.'],
  ])('report what is wrong in %j', (root, reason) => {
    expect(reasonsOf(root)).toEqual([reason])
  })

  it.each<[ConfigObject, string]>([
    [{ a: '${a}' }, 'a: Placeholders refer to each other in a circle: a → a.'],
    [{ a: '${b}', b: '${c}', c: 'x ${a}' }, 'circle: a → b → c → a.'],
    [{ a: { b: '${a}' } }, 'circle: a → a.b → a.'],
    [{ a: '${none:${a}}' }, 'circle: a → a.'],
  ])('report the circle in %j', (root, reason) => {
    expect(reasonsOf(root).join()).toContain(reason)
  })

  it.each<[string, ConfigObject, string]>([
    ['texts that double', doubling((name) => `\${${name}}\${${name}}`), 'more than 1048576 characters'],
    ['lists that double', doubling((name) => [`\${${name}}`, `\${${name}}`]), 'repeat more than 200,000 values'],
    [
      'a long chain',
      Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, `\${k${n + 1}:x}`])),
      '500 keys',
    ],
    ['deep defaults', { a: `${'${b:'.repeat(100_000)}${'}'.repeat(100_000)}` }, 'nested more than 20 deep'],
  ])('end on %s', (_what, root, reason) => {
    expect(reasonsOf(root).join('\n')).toContain(reason)
  })

  it('of the environment stay as they are, and are listed, when that is not known', () => {
    const { value, unresolved } = fillPlaceholders({ a: '${env:X}', b: { c: '<${env:X:1}>' }, d: '${a}', e: 1 })
    expect(value).toEqual({ a: '${env:X}', b: { c: '<1>' }, d: '${env:X}', e: 1 })
    expect(unresolved).toEqual([['a'], ['b', 'c'], ['d']])
  })

  it('carry secrets on, and say where', () => {
    const texts = new Map([['{cipher}v1:k:x', 'hunter2']])
    const root = {
      password: '{cipher}v1:k:x',
      url: 'redis://:${password}@a',
      copy: '${db}',
      db: { pass: '${password}', host: 'a' },
    }
    const open = fillPlaceholders(root, { env: {}, texts })
    expect(open.value).toEqual({
      password: 'hunter2',
      url: 'redis://:hunter2@a',
      copy: { pass: 'hunter2', host: 'a' },
      db: { pass: 'hunter2', host: 'a' },
    })
    expect(open.secretPaths.map((path) => path.join('.'))).toEqual(['password', 'url', 'copy', 'db.pass'])
    expect([...open.secrets]).toEqual(['hunter2', 'redis://:hunter2@a'])
    const closed = fillPlaceholders(root, { env: {} })
    expect(JSON.stringify(closed.value)).not.toContain('cipher')
    expect(closed.value.url).toBe('redis://:[secret]@a')
    expect(closed.unresolved.map((path) => path.join('.'))).toEqual(['password', 'url', 'copy', 'db.pass'])
  })

  it('leave every text without one as it is, and every text comes back when it is escaped', () => {
    const text = fc.string({ unit: fc.constantFrom('$', '{', '}', ':', 'a', '.', '\\') })
    fc.assert(
      fc.property(text, (any) => {
        const escaped = any.replaceAll('${', () => '$${')
        // A dollar before an escaped placeholder belongs to the text.
        expect(fill({ a: escaped }).a).toBe(any)
      }),
      { numRuns: 2000 },
    )
  })

  it('in whatever order give what they mean, and never loop', () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const texts = fc.array(fc.constantFrom(...names.map((name) => `\${${name}}`), '${x:1}', 'text'), { maxLength: 3 })
    fc.assert(
      fc.property(fc.tuple(...names.map(() => texts)), (parts) => {
        const entries = names.map((name, index): [string, string] => [name, parts[index]?.join('-') ?? ''])
        const forward = fillPlaceholders(Object.fromEntries(entries))
        const backward = fillPlaceholders(Object.fromEntries(entries.toReversed()))
        const meant = meaningOf(new Map(names.map((name, index) => [name, parts[index] ?? []])))
        expect(forward.problems.length > 0).toBe(meant === undefined)
        expect(backward.problems.length > 0).toBe(meant === undefined)
        if (meant === undefined) return
        expect(forward.value).toEqual(meant)
        expect(backward.value).toEqual(meant)
      }),
      { numRuns: 1000 },
    )
  })
})

/** What keys mean whose texts are such parts with dashes between them; `undefined` when some need each other. */
function meaningOf(parts: ReadonlyMap<string, readonly string[]>): object | undefined {
  const meant = (name: string, within: readonly string[]): string | number => {
    if (within.includes(name)) throw new RangeError(name)
    const values = (parts.get(name) ?? []).map((part) => {
      if (part === 'text') return part
      return part === '${x:1}' ? 1 : meant(part.slice(2, -1), [...within, name])
    })
    return values.length === 1 && values[0] !== undefined ? values[0] : values.join('-')
  }
  try {
    return Object.fromEntries([...parts.keys()].map((name) => [name, meant(name, [])]))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** A hundred keys, each of which repeats the one before twice. */
function doubling(twice: (name: string) => ConfigValue): ConfigObject {
  const rest = Array.from({ length: 100 }, (_, n): [string, ConfigValue] => [`k${n + 1}`, twice(`k${n}`)])
  return Object.fromEntries([['k0', 'x'], ...rest])
}
