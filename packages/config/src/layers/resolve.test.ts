import { systemClock } from '@waypost/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { validate } from '../schema/validate.ts'
import { explain } from './explain.ts'
import { type LayerOptions, layersOf, rangesOf } from './layers.ts'
import { Resolver } from './resolve.ts'

function resolve(options: LayerOptions, files: Record<string, string>) {
  return new Resolver(layersOf(options)).resolve((path) => {
    const text = files[path]
    return text === undefined ? undefined : { bytes: Buffer.from(text), modRevision: 3n }
  })
}

const order = { app: 'order', profile: 'production', imports: ['shared/redis.yaml'] }

describe('layers', () => {
  it('lie from general to specific', () => {
    expect(layersOf(order).map(({ paths }) => paths[0])).toEqual([
      'shared/redis.yaml',
      'order/application.yaml',
      'order/production/application.yaml',
    ])
  })

  it('are followed as the application’s folder, and key by key outside of it', () => {
    expect(rangesOf('order', layersOf(order))).toEqual([
      { prefix: '/config/order/' },
      { key: '/config/shared/redis.yaml' },
    ])
  })

  it.each([
    { app: '' },
    { app: 'a/b' },
    { app: '..' },
    { app: 'a', profile: 'x/y' },
    { app: 'a', imports: ['/x.yaml'] },
  ])('refuse %j', (options) => {
    expect(() => layersOf(options)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })
})

describe('resolving', () => {
  it('merges the documents that exist', () => {
    const { value } = resolve(order, {
      'shared/redis.yaml': 'redis: {host: a, port: 1}',
      'order/application.json': '{"redis": {"port": 2}, "name": "order"}',
      'order/production/application.yml': 'redis: {port: 3}',
      'order/other.yaml': 'ignored: true',
    })
    expect(value).toEqual({ redis: { host: 'a', port: 3 }, name: 'order' })
  })

  it('takes the profile alone, or the application alone', () => {
    expect(resolve({ app: 'a', profile: 'p' }, { 'a/p/application.yaml': 'x: 1' }).value).toEqual({ x: 1 })
    expect(resolve({ app: 'a', profile: 'p' }, { 'a/application.yaml': 'x: 1' }).value).toEqual({ x: 1 })
  })

  it.each<[string, Record<string, string>, string, string]>([
    ['nothing exists', { 'shared/redis.yaml': '' }, 'not-found', 'order/production/application.properties exists'],
    [
      'an import is missing',
      { 'order/application.yaml': '' },
      'not-found',
      'The import shared/redis.yaml does not exist',
    ],
    [
      'a layer is there twice',
      { 'shared/redis.yaml': '', 'order/application.yaml': '', 'order/application.json': '{}' },
      'invalid-document',
      'order/application.json: order/application.yaml exists too',
    ],
    [
      'a document does not parse',
      { 'shared/redis.yaml': 'a: 1\nb: [', 'order/application.yaml': '' },
      'invalid-document',
      'shared/redis.yaml:2:',
    ],
  ])('says when %s', (_when, files, code, message) => {
    expect(resolve(order, files).problems?.[0]).toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('parses again only what has changed', () => {
    const resolver = new Resolver(layersOf({ app: 'a' }))
    const text = Buffer.from('x: 1')
    const first = resolver.resolve((path) =>
      path === 'a/application.yaml' ? { bytes: text, modRevision: 1n } : undefined,
    )
    const same = resolver.resolve((path) =>
      path === 'a/application.yaml' ? { bytes: text, modRevision: 1n } : undefined,
    )
    const other = resolver.resolve((path) =>
      path === 'a/application.yaml' ? { bytes: text, modRevision: 2n } : undefined,
    )
    expect(same.documents?.[0]).toBe(first.documents?.[0])
    expect(other.documents?.[0]).not.toBe(first.documents?.[0])
  })
})

describe('explaining', () => {
  const { documents = [] } = resolve(order, {
    'shared/redis.yaml': 'redis:\n  host: a\n  port: 1\nlist: [{x: 1}]\nmode: {deep: 1}\n',
    'order/application.yaml': 'mode: plain\n',
    'order/production/application.json': '{\n  "redis": {"port": 3},\n  "list": []\n}',
  })

  it('names document, line and column, and what lies below', () => {
    expect(explain(documents, 'redis.port')).toEqual({
      path: 'order/production/application.json',
      line: 2,
      column: 13,
      revision: 3n,
      value: 3,
      below: [{ path: 'shared/redis.yaml', line: 3, column: 3, revision: 3n, value: 1 }],
    })
    expect(explain(documents, ['redis', 'host'])).toMatchObject({ path: 'shared/redis.yaml', value: 'a', below: [] })
  })

  it('knows nothing of keys that nobody sets, or that a layer above replaced', () => {
    expect(explain(documents, 'nothing')).toBeUndefined()
    expect(explain(documents, 'list.0.x')).toBeUndefined()
    expect(explain(documents, 'mode.deep')).toBeUndefined()
    expect(explain(documents, 'list.length')).toBeUndefined()
  })

  it('refuses an empty key', () => {
    expect(() => explain(documents, 'a..b')).toThrow('empty part')
  })
})

describe('validating', () => {
  const schema = z.object({
    redis: z.object({ host: z.string(), port: z.number().max(2) }),
    retries: z.number().default(3),
  })

  async function problems(files: Record<string, string>) {
    const { value, documents } = resolve({ app: 'a' }, files)
    if (value === undefined) throw new Error('The documents parse.')
    const { problems = [] } = await validate(schema, value, documents, systemClock)
    return problems.map(({ message, keyPath }) => ({ message, keyPath }))
  }

  it('passes what fits, with the defaults of the schema', async () => {
    const validated = await validate(schema, { redis: { host: 'a', port: 1 } }, [], systemClock)
    expect(validated.value).toEqual({ redis: { host: 'a', port: 1 }, retries: 3 })
  })

  it('names the place of what does not fit', async () => {
    expect(await problems({ 'a/application.yaml': 'redis:\n  host: x\n  port: 9\n' })).toEqual([
      { keyPath: 'redis.port', message: expect.stringMatching(/^a\/application\.yaml:3:3: redis\.port: .*2/) },
    ])
  })

  it('names the nearest place of what is missing', async () => {
    expect(await problems({ 'a/application.yaml': 'redis:\n  port: 1\n' })).toEqual([
      { keyPath: 'redis.host', message: expect.stringMatching(/^a\/application\.yaml:1:1: redis\.host: /) },
    ])
    expect(await problems({ 'a/application.yaml': '' })).toEqual([
      { keyPath: 'redis', message: expect.stringMatching(/^a\/application\.yaml: redis: /) },
    ])
  })

  it('reports a schema that throws', async () => {
    const failing = {
      '~standard': { version: 1, vendor: 'test', validate: () => Promise.reject(new Error('no')) },
    } as const
    expect((await validate(failing, {}, [], systemClock)).problems?.[0]?.message).toContain(
      'The schema itself failed: no',
    )
  })
})
