import { until } from '@waypost/testkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { eventsOf, onHub, part } from '../operations.test-support.ts'

const on = onHub()
const path = 'order/application.yaml'
/** A placeholder. */
const name = ['name: $', '{app.name}'].join('')
const address = `/v1/config/documents/${part(path)}`
const call: ReturnType<typeof on>['call'] = (...args) => on().call(...args)

beforeAll(async () => {
  const { config } = on()
  await config.releases.publish(path, `timeout: 30\n${name}\napp: {name: Order}\n`, { author: 'mei' })
  await config.releases.publish(path, `timeout: 40\n${name}\napp: {name: Order}\n`, { author: 'li' })
  await config.releases.publish('order/production/application.yaml', 'timeout: 50\n')
  await config.releases.publish('user/application.json', '{"a":1}')
  await config.documents.putRaw('notes', 'by hand')
  await config.documents.putRaw('logo', Uint8Array.of(0xff, 0))
})

describe('documents', () => {
  it('are listed as a tree and as a list, in pages', async () => {
    expect((await call('GET', '/v1/config/documents?folder=')).body).toMatchObject({
      folders: [
        { path: 'order/', documents: 2 },
        { path: 'user/', documents: 1 },
      ],
      documents: [
        { path: 'logo', release: 0, changedByHand: true },
        { path: 'notes', changedByHand: true },
      ],
    })
    const first = await call('GET', '/v1/config/documents?pattern=**%2F*.yaml&limit=1')
    expect(first.body).toMatchObject({ documents: [{ path, release: 2, author: 'li' }], next: path })
    const second = await call('GET', `/v1/config/documents?pattern=**%2F*.yaml&limit=1&cursor=${part(path)}`)
    expect(second.body).toMatchObject({ documents: [{ path: 'order/production/application.yaml' }] })
    expect(second.body).not.toHaveProperty('next')
    expect((await call('GET', '/v1/config/documents?search=PRODUCTION')).body).toMatchObject({
      documents: [{ path: 'order/production/application.yaml' }],
    })
  })

  it('are searched by content', async () => {
    expect((await call('GET', '/v1/config/search?text=TIMEOUT&ignoreCase=true')).body).toMatchObject({
      lines: [
        { path, line: 1, column: 1, text: 'timeout: 40' },
        { path: 'order/production/application.yaml', line: 1 },
      ],
      isCut: false,
    })
  })

  it('are read with what is recorded of them, and as they are', async () => {
    const read = await call('GET', address)
    expect(read.body).toMatchObject({ exists: true, format: 'yaml', release: 2, author: 'li', changedByHand: false })
    const headers = { 'if-none-match': read.headers.get('etag') ?? '' }
    expect((await fetch(on().running.hub.url + address, { headers })).status).toBe(304)
    expect((await call('GET', '/v1/config/documents/logo')).body).toMatchObject({ encoding: 'base64', content: '/wA=' })
    const raw = await call('GET', `/v1/config/raw/${part(path)}`)
    expect(raw).toMatchObject({ status: 200, body: expect.stringMatching(/^timeout: 40\n/) })
    expect(raw.headers.get('waypost-content-type')).toBe('application/yaml; charset=utf-8')
  })

  it('that are not there are an answer, and no bytes', async () => {
    expect((await call('GET', '/v1/config/documents/nothing')).body).toMatchObject({ exists: false, release: 0 })
    expect((await call('GET', '/v1/config/raw/nothing')).body).toMatchObject({ status: 404, code: 'not-found' })
  })

  it('are followed: each change is told', async () => {
    const stop = new AbortController()
    const headers = { accept: 'text/event-stream' }
    const response = await fetch(`${on().running.hub.url}/v1/config/documents/live.yaml`, {
      headers,
      signal: stop.signal,
    })
    const events = eventsOf(response)
    expect((await events.next()).value).toMatchObject({ event: 'snapshot', data: { exists: false } })
    await on().config.releases.publish('live.yaml', 'a: 1\n')
    expect((await events.next()).value).toMatchObject({ event: 'change', data: { content: 'a: 1\n', release: 1 } })
    stop.abort()
  })

  it('refuse paths that are none', async () => {
    for (const wrong of ['..%2Fa', 'a%2F%2Fb', '%2Fa', 'a%2F', 'a%00b']) {
      const { status, body } = await call('GET', `/v1/config/documents/${wrong}`)
      expect([wrong, status, body]).toEqual([wrong, 400, expect.objectContaining({ code: 'invalid-argument' })])
    }
  })
})

describe('what an application gets', () => {
  it('is merged, explained and followed', async () => {
    const effective = '/v1/config/effective?app=order&profile=production'
    expect((await call('GET', effective)).body).toMatchObject({
      value: { timeout: 50, name: 'Order' },
      documents: [{ path, release: 2 }, { path: 'order/production/application.yaml' }],
    })
    expect((await call('GET', '/v1/config/explain?app=order&profile=production&key=timeout')).body).toMatchObject({
      keys: [
        {
          key: 'timeout',
          resolved: 50,
          path: 'order/production/application.yaml',
          line: 1,
          below: [{ path, value: 40 }],
        },
      ],
    })
    expect((await call('GET', '/v1/config/explain?app=order&key=nothing')).status).toBe(404)
    const { revision } = (await call('GET', effective)).body as { revision: string }
    const waiting = call('GET', `${effective}&wait=20s&since=${revision}`)
    await on().config.releases.publish('order/production/application.yaml', 'timeout: [\n', { validate: 'none' })
    expect((await waiting).body).toMatchObject({ problem: { code: 'invalid-document' } })
    await on().config.releases.publish('order/production/application.yaml', 'timeout: 50\n')
    await until('It is valid again', async () => 'value' in Object((await call('GET', effective)).body))
  })

  it('needs an application', async () => {
    expect((await call('GET', '/v1/config/effective')).body).toMatchObject({
      code: 'invalid-argument',
      errors: [{ in: 'query', detail: 'The query lacks "app".' }],
    })
  })
})

describe('the history', () => {
  it('is read page by page, release by release, and compared', async () => {
    const page = await call('GET', `${address}/releases?limit=1`)
    expect(page.body).toMatchObject({ current: 2, releases: [{ release: 2, author: 'li' }], next: 2 })
    expect((await call('GET', `${address}/releases?limit=1&before=2`)).body).toMatchObject({
      releases: [{ release: 1 }],
    })
    expect((await call('GET', `${address}/releases/1`)).body).toMatchObject({
      author: 'mei',
      content: expect.stringContaining('timeout: 30'),
    })
    expect((await call('GET', `${address}/releases/9`)).status).toBe(404)
    expect((await call('GET', `/v1/config/diff?left=${part(path)}&leftRelease=1&rightRelease=2`)).body).toMatchObject({
      patch: expect.stringContaining('-timeout: 30\n+timeout: 40'),
      changes: [{ keyPath: ['timeout'], from: 30, to: 40 }],
    })
    const others = `/v1/config/diff?left=${part(path)}&right=${part('order/production/application.yaml')}`
    expect((await call('GET', others)).body).toMatchObject({
      changes: expect.arrayContaining([{ keyPath: ['timeout'], from: 40, to: 50 }]),
    })
  })
})
