import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CanariesRecord } from '../records/canary.ts'
import { storeContent } from '../records/content.ts'
import { Explainer } from './explain.ts'
import { mergeWalked, type ResolveTarget, resolveDocuments } from './resolve.ts'
import { rangeOf } from './slot.ts'
import { checkLayerOptions, walkLayers } from './walk.ts'

type Files = Readonly<Record<string, string>>

function lookUp(files: Files, canaries: Readonly<Record<string, CanariesRecord>> = {}) {
  return {
    document: (path: string) => {
      const text = files[path]
      return text === undefined ? undefined : { bytes: Buffer.from(text), modRevision: 3n }
    },
    canaries: (path: string) => canaries[path],
    release: () => 7,
  }
}

function resolve(target: ResolveTarget, files: Files) {
  return resolveDocuments(lookUp(files), target)
}

function merged(target: ResolveTarget, files: Files) {
  const { config, problems } = resolve(target, files)
  expect(problems).toBeUndefined()
  return config?.value
}

function problemsOf(target: ResolveTarget, files: Files) {
  return resolve(target, files).problems ?? []
}

const order = { app: 'order', profile: 'production', imports: ['shared/redis.yaml'] }

describe('layers', () => {
  it('lie from general to specific, each under one range of keys', () => {
    const { slots } = walkLayers(order, lookUp({}), undefined)
    expect(slots.map(({ name }) => name)).toEqual([
      'shared/redis.yaml',
      'order/application.*',
      'order/production/application.*',
    ])
    expect(slots.map((slot) => rangeOf(slot))).toEqual([
      { key: '/config/shared/redis.yaml' },
      { prefix: '/config/order/application.' },
      { prefix: '/config/order/production/application.' },
    ])
  })

  it('are the imports alone for a program without documents of its own', () => {
    const target = { app: 'gateway', imports: ['gateway/routes.yaml?'], importsOnly: true }
    const own = { 'gateway/application.yaml': 'b: 2' }
    expect(merged(target, { 'gateway/routes.yaml': 'a: 1', ...own })).toEqual({ a: 1 })
    expect(problemsOf(target, own)).toMatchObject([
      { code: 'not-found', message: 'There is no configuration: no gateway/routes.yaml exists.' },
    ])
  })

  it.each([
    { app: '' },
    { app: 'a/b' },
    { app: '..' },
    { app: 'a', profile: 'x/y' },
    { app: 'a', imports: ['/x.yaml'] },
    { app: 'a', extends: ['b/c'] },
  ])('refuse %j', (options) => {
    expect(() => checkLayerOptions(options)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })

  it('merge the documents that exist, of any format', () => {
    expect(
      merged(order, {
        'shared/redis.yaml': 'redis: {host: a, port: 1}',
        'order/application.toml': 'name = "order"\n[redis]\nport = 2',
        'order/production/application.properties': 'redis.port=3',
        'order/other.yaml': 'ignored: true',
      }),
    ).toEqual({ redis: { host: 'a', port: 3 }, name: 'order' })
  })

  it('take the profile alone, or the application alone', () => {
    expect(merged({ app: 'a', profile: 'p' }, { 'a/p/application.yaml': 'x: 1' })).toEqual({ x: 1 })
    expect(merged({ app: 'a', profile: 'p' }, { 'a/application.yaml': 'x: 1' })).toEqual({ x: 1 })
  })

  it('take what a document imports directly below it, each document once and as low as it is asked for', () => {
    const files = {
      'shared/base.yaml': 'from: base\nbase: 1',
      'shared/db.yaml': 'waypost: {import: shared/base}\nfrom: db\ndb: 1',
      'shared/late.yaml': 'from: late\nlate: 1',
      'order/application.yaml': 'waypost:\n  import: [shared/db.yaml, "shared/none.yaml?"]\nfrom: app',
      'order/production/application.yaml': 'waypost: {import: [shared/late.yaml, shared/db.yaml]}',
    }
    const { config } = resolve({ app: 'order', profile: 'production' }, files)
    expect(config?.layers.map(({ path }) => path)).toEqual([
      'shared/base.yaml',
      'shared/db.yaml',
      'order/application.yaml',
      'shared/late.yaml',
      'order/production/application.yaml',
    ])
    expect(config?.value).toEqual({ from: 'late', base: 1, db: 1, late: 1 })
  })

  it('lie over those of an application that is extended, profile and all', () => {
    const files = {
      'root/application.yaml': 'from: root\nroot: 1',
      'base/application.yaml': 'waypost: {extends: root}\nfrom: base',
      'base/production/application.yaml': 'from: base in production\ntimeout: 5',
      'order/application.yaml': 'from: order',
    }
    const expected = { from: 'order', root: 1, timeout: 5 }
    expect(merged({ app: 'order', profile: 'production', extends: ['base'] }, files)).toEqual(expected)
    const extending = { ...files, 'order/application.yaml': 'waypost: {extends: [base]}\nfrom: order' }
    expect(merged({ app: 'order', profile: 'production' }, extending)).toEqual(expected)
    expect(merged({ app: 'order' }, extending)).toEqual({ from: 'order', root: 1 })
  })

  it.each<[string, Files, string]>([
    ['nothing exists', { 'shared/redis.yaml': '' }, 'neither order/application.* nor order/production/application.*'],
    ['an import is missing', { 'order/application.yaml': '' }, 'The import shared/redis.yaml does not exist'],
    [
      'an import of a document is missing',
      { 'shared/redis.yaml': '', 'order/application.yaml': 'a: 1\nwaypost:\n  import:\n    - shared/x' },
      'order/application.yaml:4:7: The import shared/x.* does not exist.',
    ],
    [
      'documents import each other',
      {
        'shared/redis.yaml': 'waypost: {import: shared/b.yaml}',
        'shared/b.yaml': 'waypost: {import: shared/redis.yaml}',
        'order/application.yaml': '',
      },
      'in a circle: shared/redis.yaml → shared/b.yaml → shared/redis.yaml',
    ],
    [
      'applications extend each other',
      {
        'shared/redis.yaml': '',
        'order/application.yaml': 'waypost: {extends: base}',
        'base/application.yaml': 'waypost: {extends: order}',
      },
      'base/application.yaml:1:11: Applications extend each other in a circle: order → base → order.',
    ],
    [
      'a shared document extends',
      { 'shared/redis.yaml': 'waypost: {extends: order}', 'order/application.yaml': '' },
      'shared/redis.yaml:1:11: Only the documents of an application',
    ],
    [
      'a directive is unknown',
      { 'shared/redis.yaml': '', 'order/application.yaml': 'waypost: {imports: x}' },
      'order/application.yaml:1:11: "waypost" has no key "imports"',
    ],
    [
      'an import is no path',
      { 'shared/redis.yaml': '', 'order/application.yaml': 'waypost: {import: [/x]}' },
      'starts with a slash',
    ],
    [
      'a layer is there twice',
      { 'shared/redis.yaml': '', 'order/application.yaml': '', 'order/application.json': '{}' },
      'order/application.json: order/application.yaml exists too',
    ],
    [
      'a document does not parse',
      { 'shared/redis.yaml': 'a: 1\nb: [', 'order/application.yaml': '' },
      'shared/redis.yaml:2:',
    ],
  ])('say when %s', (_when, files, message) => {
    expect(
      problemsOf(order, files)
        .map((problem) => problem.message)
        .join('\n'),
    ).toContain(message)
  })

  it('report every document that is wrong', () => {
    const problems = problemsOf(order, { 'shared/redis.yaml': '[]', 'order/application.yaml': 'a: [' })
    expect(problems.map(({ path }) => path)).toEqual(['shared/redis.yaml', 'order/application.yaml'])
  })

  it('report a document once that is wrong and imported twice', () => {
    const importing = 'waypost: {import: [shared/redis.yaml, shared/redis.yaml]}'
    const problems = problemsOf(order, { 'shared/redis.yaml': '[]', 'order/application.yaml': importing })
    expect(problems).toHaveLength(1)
  })
})

describe('canaries', () => {
  const text = 'name: new\nwaypost: {import: shared/x.yaml}'
  const files = { 'order/application.yaml': 'name: old', 'shared/x.yaml': 'x: 1', 'order/p/application.yaml': 'p: 1' }
  const canaries: Readonly<Record<string, CanariesRecord>> = {
    'order/application.yaml': {
      canaries: [
        {
          name: 'try',
          order: 1,
          seed: 's',
          rule: { instances: ['a'] },
          content: storeContent(Buffer.from(text)),
          checksum: '',
          at: '',
        },
      ],
    },
  }

  it('stand in the place of their document for the instances that they are for', () => {
    const target = { app: 'order', profile: 'p' }
    const one = resolveDocuments(lookUp(files, canaries), { ...target, instance: 'a' }).config
    expect(one?.value).toEqual({ name: 'new', x: 1, p: 1 })
    expect(one?.layers.map(({ canary, release }) => [canary, release])).toEqual([
      [undefined, 7],
      ['try', undefined],
      [undefined, 7],
    ])
    expect(resolveDocuments(lookUp(files, canaries), { ...target, instance: 'b' }).config?.value).toEqual({
      name: 'old',
      p: 1,
    })
    expect(resolveDocuments(lookUp(files, canaries), target).config?.value).toEqual({ name: 'old', p: 1 })
  })

  it('bring a document that is not released yet', () => {
    const { 'order/application.yaml': _, ...rest } = files
    const { config } = resolveDocuments(lookUp(rest, canaries), { app: 'order', instance: 'a' })
    expect(config?.value).toEqual({ name: 'new', x: 1 })
  })

  it('that are damaged are reported and not used', () => {
    const [canary] = canaries['order/application.yaml']?.canaries ?? []
    const damaged = canary && { ...canary, content: { encoding: 'gzip+base64' as const, content: 'AAAA' } }
    const record = { 'order/application.yaml': { canaries: damaged ? [damaged] : [] } }
    const { config } = resolveDocuments(lookUp(files, record), { app: 'order', instance: 'a' })
    expect(config?.value).toEqual({ name: 'old' })
    expect(config?.notices).toMatchObject([{ path: 'order/application.yaml' }])
  })
})

describe('explaining', () => {
  const files = {
    'shared/redis.yaml': 'redis:\n  host: a\n  port: 1\n',
    'order/application.yaml': 'redis:\n  host: ${name}.local\nname: order\nlist: [1, 2]\ncopy: ${redis}\n',
    'order/production/application.yaml': 'list: [3]\n',
  }
  const { config } = resolve(order, files)
  if (config === undefined) throw new Error('It resolves.')
  const explainer = new Explainer(config)

  it('names the document, line and release, and what lies below', () => {
    expect(explainer.explain('redis.host')).toMatchObject({
      key: 'redis.host',
      path: 'order/application.yaml',
      line: 2,
      column: 3,
      release: 7,
      layer: 'app',
      value: '${name}.local',
      resolved: 'order.local',
      references: ['name'],
      below: [{ path: 'shared/redis.yaml', line: 2, layer: 'import', value: 'a' }],
    })
    expect(explainer.explain('redis.port')).toMatchObject({ path: 'shared/redis.yaml', line: 3, below: [] })
    expect(explainer.explain('nothing')).toBeUndefined()
    expect(explainer.explain('name.x')).toBeUndefined()
  })

  it('follows a placeholder that takes over a mapping', () => {
    expect(explainer.explain('copy.port')).toMatchObject({
      key: 'copy.port',
      path: 'shared/redis.yaml',
      line: 3,
      resolved: 1,
      references: ['redis.port'],
    })
  })

  it('does not look below a list that replaces another', () => {
    expect(explainer.explain('list.0')).toMatchObject({ path: 'order/production/application.yaml', value: 3 })
    expect(explainer.explain('list.1')).toBeUndefined()
  })

  it('tells every key', () => {
    expect(explainer.explainAll().map(({ key, path }) => [key, path.split('/').at(-2)])).toEqual([
      ['redis.host', 'order'],
      ['redis.port', 'shared'],
      ['name', 'order'],
      ['list.0', 'production'],
      ['copy.host', 'order'],
      ['copy.port', 'shared'],
    ])
  })

  it('names the layer whose value counts, however layers lie over each other', () => {
    const scalar = fc.oneof(fc.integer(), fc.constant(null), fc.constantFrom('x', 'y'))
    const tree = fc.letrec((tie) => ({
      mapping: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
      value: fc.oneof({ maxDepth: 3 }, scalar, fc.array(scalar, { maxLength: 2 }), tie('mapping')),
    })).mapping
    fc.assert(
      fc.property(fc.array(tree, { minLength: 1, maxLength: 4 }), (trees) => {
        const paths = trees.map((_, index) => `shared/${index}.json`)
        const texts = trees.map((each, index) => [paths[index], JSON.stringify(each)])
        const target = { app: 'order', imports: paths }
        const { config } = resolve(target, { ...Object.fromEntries(texts), 'order/application.json': '{}' })
        if (config === undefined) throw new Error('It resolves.')
        for (const explanation of new Explainer(config).explainAll()) {
          const { path, value, resolved } = explanation
          expect(value).toEqual(resolved)
          const own = trees[paths.indexOf(path)]
          const keys = explanation.key.split('.')
          expect(keys.reduce<unknown>((at, key) => Reflect.get(at as object, key), own)).toEqual(value)
        }
      }),
      { numRuns: 300 },
    )
  })

  it.each(['', 'a..b', '.a'])('refuses %j', (key) => {
    expect(() => explainer.explain(key)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })
})

describe('variables of the environment', () => {
  const files = {
    'order/application.yaml':
      'database: {poolSize: 5, host: a}\nfeature-flags: [x]\nurl: http://${database.host}\npassword: "{cipher}v1:k:x"',
  }
  const env = {
    ORDER_DATABASE__POOL_SIZE: '20',
    ORDER_DATABASE__HOST: 'b${x}',
    ORDER_FEATUREFLAGS: '["y", 1]',
    ORDER_NEW_KEY__SUB_KEY: 'true',
    ORDER_PASSWORD: 'hunter2',
    ORDER_: 'nothing',
    OTHER: 'no',
  }
  const walked = walkLayers({ app: 'order' }, lookUp(files), undefined)
  const { config, problems } = mergeWalked(walked, { env: {}, overrides: { prefix: 'ORDER_', env } })

  it('lie over everything, under the key that has the same letters', () => {
    expect(problems).toBeUndefined()
    expect(config?.value).toEqual({
      database: { poolSize: 20, host: 'b${x}' },
      'feature-flags': ['y', 1],
      url: 'http://b${x}',
      newKey: { subKey: true },
      password: 'hunter2',
    })
  })

  it('are named when a key is explained, and hide what they put in the place of a secret', () => {
    if (config === undefined) throw new Error('It resolves.')
    const explainer = new Explainer(config)
    expect(explainer.explain('database.poolSize')).toMatchObject({
      path: 'environment variable ORDER_DATABASE__POOL_SIZE',
      layer: 'environment',
      resolved: 20,
      below: [{ path: 'order/application.yaml', value: 5 }],
    })
    expect(
      JSON.stringify(explainer.explain('password'), (_, value) => (typeof value === 'bigint' ? 0 : value)),
    ).not.toContain('hunter2')
  })
})
