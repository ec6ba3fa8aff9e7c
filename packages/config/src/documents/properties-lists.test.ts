import { describe, expect, it } from 'vitest'
import { Explainer } from '../layers/explain.ts'
import { mergeWalked, resolveDocuments } from '../layers/resolve.ts'
import { walkLayers } from '../layers/walk.ts'
import { readDocument } from './config-document.ts'
import { keySteps } from './key-steps.ts'

type Files = Readonly<Record<string, string>>

function lookUp(files: Files) {
  return {
    document: (path: string) => {
      const text = files[path]
      return text === undefined ? undefined : { bytes: Buffer.from(text), modRevision: 1n }
    },
  }
}

const list = {
  'order/application.yaml':
    'promos: [{client: x, rate: 1}, {client: y}]\nports: {8080: web}\nid: ${promos[1].client}\n',
}

function withVariables(env: Readonly<Record<string, string>>) {
  return mergeWalked(walkLayers({ app: 'order' }, lookUp(list), undefined), {
    env: {},
    overrides: { prefix: 'ORDER_', env },
  })
}

describe('items of lists', () => {
  it.each([
    ['a', ['a']],
    ['a.b', ['a', 'b']],
    ['promos[0].client', ['promos', 0, 'client']],
    ['a[0][1]', ['a', 0, 1]],
    ['hosts[db.local].port', ['hosts', 'db.local', 'port']],
    ['[a.b].c', ['a.b', 'c']],
    ['promos.0', ['promos', '0']],
    ['', undefined],
    ['a..b', undefined],
    ['.a', undefined],
    ['a.', undefined],
    ['a[', undefined],
    ['a[]', undefined],
    ['a[0]b', undefined],
    ['a.[0]', undefined],
  ])('the steps of %j', (key, steps) => {
    expect(keySteps(key)).toEqual(steps)
  })

  it('make lists in properties, and replace the list below as a whole', () => {
    const properties = 'promos[1].client=b\npromos[0].client=a\npromos[0].tags[0]=t\nhosts[db.local].port=1\n'
    const files = { ...list, 'order/p/application.properties': properties }
    expect(resolveDocuments(lookUp(files), { app: 'order', profile: 'p' }).config?.value).toEqual({
      promos: [{ client: 'a', tags: ['t'] }, { client: 'b' }],
      hosts: { 'db.local': { port: 1 } },
      ports: { 8080: 'web' },
      id: 'b',
    })
    const document = readDocument('a.properties', Buffer.from(properties)).document
    expect(document?.locator()(['promos', 1, 'client'])).toEqual({ line: 1, column: 1 })
    expect(document?.locator()(['promos', 0])).toEqual({ line: 2, column: 1 })
  })

  it.each([
    ['a[0]=1\na[2]=1', 1, 'a has no [1]'],
    ['a[4000000000]=1', 1, 'a has no [0]'],
    ['a.b=1\na[0]=1', 2, 'a is a mapping'],
    ['a[0]=1\na.b=1', 2, 'a is a list'],
    ['a[0]=1\na[0]=2', 2, 'occurs twice'],
    ['a=1\na[0]=2', 2, 'a has a value of its own'],
    ['a[0=1', 1, 'open bracket'],
  ])('in properties are refused when %j', (text, line, message) => {
    expect(readDocument('a.properties', Buffer.from(text)).problems).toMatchObject([
      { line, message: expect.stringContaining(message) },
    ])
  })

  it('are not replaced in silence by a mapping of numbers', () => {
    const files = { ...list, 'order/p/application.properties': 'promos.0.client=a\n' }
    expect(resolveDocuments(lookUp(files), { app: 'order', profile: 'p' }).problems).toMatchObject([
      { path: 'order/p/application.properties', line: 1, message: expect.stringContaining('write promos[0]') },
    ])
  })

  it('are set by variables, which make the whole list', () => {
    const { config } = withVariables({
      ORDER_PROMOS__1__CLIENT: 'b',
      ORDER_PROMOS__0__CLIENT: 'a',
      ORDER_PORTS__8080: 'x',
    })
    expect(config?.value).toEqual({ promos: [{ client: 'a' }, { client: 'b' }], ports: { 8080: 'x' }, id: 'b' })
    if (config === undefined) return
    const explainer = new Explainer(config)
    expect(explainer.explain('promos[1].client')).toMatchObject({
      path: 'environment variable ORDER_PROMOS__1__CLIENT',
    })
    expect(explainer.explain('promos[0].rate')).toBeUndefined()
  })

  it('of which variables leave one out are a problem', () => {
    expect(withVariables({ ORDER_PROMOS__1__CLIENT: 'b' }).problems).toMatchObject([
      { message: expect.stringContaining('no variable sets item 0') },
    ])
  })

  it('have no length that a placeholder could read', () => {
    const files = { 'a/application.yaml': 'l: [1, 2]\nn: ${l.length}\n' }
    expect(resolveDocuments(lookUp(files), { app: 'a' }).problems).toMatchObject([
      { line: 2, message: expect.stringContaining('There is no key l.length') },
    ])
  })
})
