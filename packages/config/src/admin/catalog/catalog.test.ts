import { beforeEach, describe, expect, it } from 'vitest'
import { onEachStore } from '../../each-store.test-support.ts'
import type { ConfigCenter } from '../config-center.ts'
import { Glob } from './glob.ts'

describe('a pattern', () => {
  it.each([
    ['**', ['a', 'a/b', 'a/b/c.yaml'], []],
    ['*', ['a', 'a.yaml'], ['a/b']],
    ['order/**', ['order/a', 'order/a/b'], ['order', 'orders/a']],
    ['**/*.yaml', ['a.yaml', 'x/a.yaml', 'x/y/a.yaml'], ['a.yml', 'x/a.yaml/b']],
    [
      'order/*/application.?aml',
      ['order/p/application.yaml'],
      ['order/application.yaml', 'order/p/q/application.yaml'],
    ],
    ['a.b', ['a.b'], ['axb', 'a.b.c']],
    ['*配*', ['x配置'], ['x']],
  ])('%s', (pattern, matching, others) => {
    const glob = new Glob(pattern)
    expect(matching.filter((path) => !glob.matches(path))).toEqual([])
    expect(others.filter((path) => glob.matches(path))).toEqual([])
  })

  it('of many stars costs no more than its length', () => {
    expect(new Glob('*a'.repeat(500)).matches(`${'a'.repeat(1_000)}b`)).toBe(false)
  })
})

onEachStore('listing and searching', (on) => {
  let config: ConfigCenter

  beforeEach(async () => {
    config = on().config
    await config.set('order/application.yaml', 'timeout: 30\nhost: DB.local\n', { author: 'mei' })
    await config.set('order/p/application.yaml', 'timeout: 40\n')
    await config.set('user/application.yaml', 'timeout: 30\n')
    await config.documents.putRaw('user/notes', 'db.local\r\nand timeout: 30, db.local\n')
    await config.documents.putRaw('user/logo', Uint8Array.of(0xff, 0xfe))
  })

  it('lists documents with what is known of them', async () => {
    await config.set('order/application.yaml', 'timeout: 31\nhost: DB.local\n', { author: 'li' })
    await config.schemas.set('order/', { type: 'object' })
    await config.drafts.save('order/p/application.yaml', 'timeout: 50\n', { author: 'mei' })
    await config.canaries.create('order/application.yaml', {
      name: 'try',
      rule: { percent: 1 },
      content: 'timeout: 1\n',
    })
    await config.documents.putRaw('order/p/application.yaml', 'timeout: 41\n')
    const none = { schema: undefined, canaries: [], draft: undefined, changedByHand: false, author: undefined }
    expect(await config.documents.list()).toMatchObject([
      { ...none, path: 'order/application.yaml', release: 2, author: 'li', schema: 'order/', canaries: ['try'] },
      { ...none, path: 'order/p/application.yaml', release: 1, schema: 'order/', draft: 'draft', changedByHand: true },
      { ...none, path: 'user/application.yaml', release: 1 },
      { ...none, path: 'user/logo', release: 0, changedByHand: true },
      { ...none, path: 'user/notes', release: 0, changedByHand: true },
    ])
    expect((await config.documents.list('**/*.yaml')).map(({ path }) => path)).toHaveLength(3)
    expect(await config.documents.list('nothing/**')).toEqual([])
  })

  it('finds a text with its place', async () => {
    expect(await config.documents.search('timeout: 30')).toEqual({
      lines: [
        { path: 'order/application.yaml', line: 1, column: 1, text: 'timeout: 30' },
        { path: 'user/application.yaml', line: 1, column: 1, text: 'timeout: 30' },
        { path: 'user/notes', line: 2, column: 5, text: 'and timeout: 30, db.local' },
      ],
      isCut: false,
    })
    const options = { pattern: 'order/**', ignoreCase: true }
    expect((await config.documents.search('db.LOCAL', options)).lines).toMatchObject([{ line: 2, column: 7 }])
    expect(await config.documents.search('timeout', { limit: 2 })).toMatchObject({ lines: [{}, {}], isCut: true })
    await expect(config.documents.search('')).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('shows a folder page by page, without what lies deeper', async () => {
    for (const path of ['order', 'order-x.yaml', 'order.yaml']) await config.documents.putRaw(path, 'a: 1\n')
    const pages = []
    let after: string | undefined
    do {
      const page = await config.documents.folder('', { limit: 2, after })
      pages.push([...page.folders, ...page.documents].map(({ path }) => path))
      after = page.next
    } while (after !== undefined)
    expect(pages.map((page) => page.toSorted())).toEqual([
      ['order', 'order-x.yaml'],
      ['order.yaml', 'order/'],
      ['user/'],
    ])
    expect(await config.documents.folder('user/')).toMatchObject({
      folders: [],
      documents: [{ path: 'user/application.yaml', release: 1 }, { path: 'user/logo' }, { path: 'user/notes' }],
      next: undefined,
    })
    expect((await config.documents.folder('')).folders).toEqual([
      { path: 'order/', documents: 2 },
      { path: 'user/', documents: 3 },
    ])
    const [described] = await config.documents.describe(['order/application.yaml', 'nothing'])
    expect(described).toEqual((await config.documents.list('order/application.yaml'))[0])
    await expect(config.documents.folder('order')).rejects.toMatchObject({ code: 'invalid-argument' })
  })
})
