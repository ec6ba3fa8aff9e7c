import { beforeAll, describe, expect, it } from 'vitest'
import { startStoreAndHub } from '../../hub.test-support.ts'
import { eventsOf, onHub, part } from '../operations.test-support.ts'

const on = onHub()
const call: ReturnType<typeof on>['call'] = (...args) => on().call(...args)

beforeAll(async () => {
  const { kv } = on().etcd
  for (const [key, value] of [
    ['/a', '1'],
    ['/a/b', '{"x":1}'],
    ['/a/c/d', 'deep'],
    ['/a/c/e', 'deep'],
    ['z', 'last'],
  ] as const) {
    await kv.put(key, value)
  }
  await kv.put(Uint8Array.of(0xff, 0x41), Uint8Array.of(0xff))
})

describe('keys', () => {
  it('are listed level by level and flat, page by page, at a revision', async () => {
    expect((await call('GET', '/v1/keys?level=true')).body).toMatchObject({
      folders: [{ prefix: '/a/', keys: 3 }],
      keys: [{ key: '/a' }, { key: 'z' }, { keyBase64: '/0E=' }],
    })
    expect((await call('GET', '/v1/keys?prefix=%2Fa%2F&level=true&values=true')).body).toMatchObject({
      count: 3,
      folders: [{ prefix: '/a/c/', keys: 2 }],
      keys: [{ key: '/a/b', value: '{"x":1}', size: 7, isCut: false }],
    })
    const pages: unknown[] = []
    let cursor: string | undefined = ''
    for (let query = ''; cursor !== undefined; query = `&cursor=${part(cursor ?? '')}`) {
      const { body } = await call('GET', `/v1/keys?prefix=%2Fa&limit=2${query}`)
      const page = body as { keys: { key: string }[]; next?: string }
      pages.push(page.keys.map(({ key }) => key))
      cursor = page.next
    }
    expect(pages).toEqual([
      ['/a', '/a/b'],
      ['/a/c/d', '/a/c/e'],
    ])
    expect((await call('GET', '/v1/keys?search=C%2FE')).body).toMatchObject({ keys: [{ key: '/a/c/e' }] })
    expect((await call('GET', '/v1/keys?revision=2')).body).toMatchObject({ count: 1, keys: [{ key: '/a' }] })
    expect((await call('GET', '/v1/keys?revision=999999')).body).toMatchObject({ code: 'future-revision' })
  })

  it('are written under a condition, read with their lease, and followed back', async () => {
    await using lease = await on().etcd.leases.grant({ ttlSeconds: 60 })
    const key = `/v1/keys/${part('/w')}`
    const first = await call('PUT', key, { value: 'one', expectedModRevision: '0', lease: lease.id.toString(16) })
    expect(first.status).toBe(200)
    const { revision } = first.body as { revision: string }
    expect((await call('PUT', key, { value: 'two', expectedModRevision: '0' })).body).toMatchObject({
      status: 409,
      code: 'conflict',
      revision,
    })
    expect((await call('PUT', key, { value: '/w==', encoding: 'base64', expectedModRevision: revision })).status).toBe(
      200,
    )
    expect((await call('GET', key)).body).toMatchObject({ value: '/w==', encoding: 'base64', version: '2' })
    expect((await call('GET', `${key}?revision=${revision}`)).body).toMatchObject({
      value: 'one',
      grantedTtlSeconds: 60,
    })
    expect((await call('GET', `${key}/history`)).body).toMatchObject({
      values: [{ encoding: 'base64' }, { value: 'one', lease: lease.id.toString(16) }],
      isCompacted: false,
    })
    expect((await call('GET', `/v1/keys/${part('/a/b')}`)).body).toMatchObject({ json: { x: 1 } })
    expect((await call('DELETE', `${key}?expectedModRevision=1`)).status).toBe(409)
    expect((await call('DELETE', key)).body).toMatchObject({ deleted: 1 })
    expect((await call('DELETE', key)).body).toMatchObject({ deleted: 0 })
    expect((await call('GET', key)).status).toBe(404)
    expect((await call('GET', '/v1/keys/_0E?keyEncoding=base64')).status).toBe(400)
    expect((await call('GET', `/v1/keys/${part('/0E=')}?keyEncoding=base64`)).body).toMatchObject({
      encoding: 'base64',
    })
  })

  it('are deleted together only when there are as many as was said', async () => {
    await on().etcd.kv.put('/bulk/1', '')
    await on().etcd.kv.put('/bulk/2', '')
    expect((await call('DELETE', '/v1/keys?prefix=%2Fbulk%2F&expectedCount=1')).body).toMatchObject({ status: 412 })
    expect((await call('DELETE', '/v1/keys?prefix=%2Fbulk%2F&expectedCount=2')).body).toMatchObject({ deleted: 2 })
    expect((await call('DELETE', '/v1/keys?expectedCount=2')).status).toBe(400)
  })

  it('are followed, from a revision on as well', async () => {
    const { etcd, running } = on()
    const stop = new AbortController()
    const follow = async (headers: Record<string, string> = {}) =>
      eventsOf(
        await fetch(`${running.hub.url}/v1/watch?prefix=%2Ffollow%2F`, {
          headers: { accept: 'text/event-stream', ...headers },
          signal: stop.signal,
        }),
      )
    const events = await follow()
    const { value: snapshot } = await events.next()
    expect(snapshot).toMatchObject({ event: 'snapshot', data: { count: 0 } })
    await etcd.kv.put('/follow/a', '1')
    expect((await events.next()).value).toMatchObject({
      data: { events: [{ type: 'put', key: '/follow/a', value: '1' }] },
    })
    await etcd.kv.delete('/follow/a')
    expect((await events.next()).value).toMatchObject({ data: { events: [{ type: 'delete', key: '/follow/a' }] } })
    const again = await follow({ 'last-event-id': snapshot?.id ?? '' })
    expect((await again.next()).value).toMatchObject({ event: 'change', data: { events: [{ type: 'put' }] } })
    expect((await again.next()).value).toMatchObject({ event: 'change', data: { events: [{ type: 'delete' }] } })
    // Another hub has not seen it happen, and nothing has happened there since.
    await etcd.kv.put('/elsewhere', '1')
    await using other = await startStoreAndHub({ endpoints: running.store.url })
    const elsewhere = eventsOf(
      await fetch(`${other.hub.url}/v1/watch?prefix=%2Ffollow%2F`, {
        headers: { accept: 'text/event-stream', 'last-event-id': snapshot?.id ?? '' },
        signal: stop.signal,
      }),
    )
    expect((await elsewhere.next()).value).toMatchObject({ event: 'change', data: { events: [{ type: 'put' }] } })
    expect((await elsewhere.next()).value).toMatchObject({ event: 'change', data: { events: [{ type: 'delete' }] } })
    await etcd.kv.put('/follow/b', '2')
    expect((await elsewhere.next()).value).toMatchObject({ data: { events: [{ key: '/follow/b' }] } })
    stop.abort()
  })
})

describe('leases', () => {
  it('are listed, read with their keys, and ended', async () => {
    const lease = await on().etcd.leases.grant({ ttlSeconds: 100 })
    await on().etcd.kv.put('/on-lease', '', { lease: lease.id })
    const id = lease.id.toString(16)
    expect((await call('GET', '/v1/leases')).body).toMatchObject({
      leases: expect.arrayContaining([expect.objectContaining({ lease: id, grantedTtlSeconds: 100 })]),
    })
    expect((await call('GET', `/v1/leases/${id}`)).body).toMatchObject({ keys: ['/on-lease'] })
    expect((await call('DELETE', `/v1/leases/${id}`)).status).toBe(204)
    expect((await call('GET', `/v1/leases/${id}`)).body).toMatchObject({ code: 'lease-not-found' })
    expect((await call('GET', '/v1/leases/nope')).status).toBe(400)
  })
})
