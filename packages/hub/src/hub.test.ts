import { EtcdClient } from '@waypost/client'
import { Registry } from '@waypost/registry'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningHub, startStoreAndHub } from './hub.test-support.ts'

let running: RunningHub
let etcd: EtcdClient
let registry: Registry

beforeEach(async () => {
  running = await startStoreAndHub()
  etcd = new EtcdClient({ endpoints: running.store.url })
  registry = new Registry(etcd)
})

afterEach(async () => {
  await registry.close()
  await etcd.close()
  await running[Symbol.asyncDispose]()
})

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(running.hub.url + path, init)

describe('a live read', () => {
  it('answers with the state, and with 304 to who has it', async () => {
    await registry.register({ service: 'user', id: 'a', host: '10.0.0.1', port: 3000 })
    const first = await get('/v1/names/user/instances')
    const body: unknown = await first.json()
    expect(body).toMatchObject({ service: 'user', instances: [{ id: 'a', address: '10.0.0.1:3000', status: 'up' }] })
    const etag = first.headers.get('etag') ?? ''
    const second = await get('/v1/names/user/instances', { headers: { 'if-none-match': etag } })
    expect(second.status).toBe(304)
  })

  it('waits for what is newer than the caller has', async () => {
    const { revision } = await readJson(await get('/v1/names/user/instances'))
    const waiting = get(`/v1/names/user/instances?wait=30s&since=${revision}`)
    await registry.register({ service: 'user', id: 'a', host: '10.0.0.1', port: 3000 })
    expect(await readJson(await waiting)).toMatchObject({ instances: [{ id: 'a' }] })
  })

  it('tells every change once, also to a reader that comes back to another hub', async () => {
    const end = new AbortController()
    const headers = { accept: 'text/event-stream' }
    const events = eventsOf(await get('/v1/names/user/instances', { headers, signal: end.signal }))
    const { value: snapshot } = await events.next()
    expect(snapshot).toMatchObject({ event: 'snapshot', data: { instances: [] } })
    const a = await registry.register({ service: 'user', id: 'a', host: '10.0.0.1', port: 3000 })
    const { value: change } = await events.next()
    expect(change).toMatchObject({ event: 'change', data: { added: [{ id: 'a' }] } })
    end.abort()
    await registry.register({ service: 'user', id: 'b', host: '10.0.0.2', port: 3000 })
    await a.deregister()
    await using other = await startStoreAndHub({ endpoints: running.store.url })
    const resumed = eventsOf(
      await fetch(`${other.hub.url}/v1/names/user/instances`, {
        headers: { ...headers, 'last-event-id': change?.id ?? '' },
      }),
    )
    const { value: missed } = await resumed.next()
    expect(missed).toMatchObject({ event: 'change', data: { added: [{ id: 'b' }], removed: [{ id: 'a' }] } })
    await resumed.return(undefined)
  })

  it('begins again with the state after a compaction', async () => {
    const { revision } = await readJson(await get('/v1/names/user/instances'))
    await etcd.kv.put('/x', '1')
    const { revision: last } = await etcd.kv.put('/x', '2')
    await etcd.kv.compact(last)
    await using other = await startStoreAndHub({ endpoints: running.store.url })
    const events = eventsOf(
      await fetch(`${other.hub.url}/v1/names/user/instances`, {
        headers: { accept: 'text/event-stream', 'last-event-id': String(revision) },
      }),
    )
    const { value: reset } = await events.next()
    expect(reset).toMatchObject({ event: 'reset', data: { instances: [] } })
    await events.return(undefined)
  })
})

describe('a bad request', () => {
  it.each([
    ['/v1/names/user/instances?stauts=up', 400, 'Did you mean status?', '/stauts'],
    ['/v1/names/user/instances?status=ups', 400, 'must be "up" or "any"', '/status'],
    ['/v1/names/a%2Fb/instances', 400, 'without slashes', '/name'],
    ['/v1/names/%00/instances', 400, 'control characters', '/name'],
    ['/v1/names/user/instances?wait=6m', 400, '5m at most', '/wait'],
  ])('%s', async (path, status, detail, pointer) => {
    const answer = await get(path)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    const problem = await readJson(answer)
    expect(problem).toMatchObject({ status, code: 'invalid-argument', errors: [{ pointer }] })
    expect(problem.detail).toContain(detail)
    expect(problem.requestId).toBe(answer.headers.get('x-request-id'))
  })

  it('to an unknown path, with a wrong method, and with a broken body', async () => {
    expect(await readJson(await get('/v1/sesion'))).toMatchObject({
      status: 404,
      detail: expect.stringContaining('/v1/session'),
    })
    const wrong = await get('/v1/session', { method: 'PUT' })
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, DELETE'])
    for (const [body, detail] of [
      ['{', 'not JSON'],
      [new Uint8Array([0x22, 0xff, 0x22]), 'not UTF-8'],
      ['['.repeat(5_000), 'nested'],
      ['{"user":"a","pasword":"b"}', 'Did you mean password?'],
      ['[]', 'must be an object'],
      [`"${'x'.repeat(1024 * 1024)}"`, 'larger than'],
    ] as const) {
      const answer = await get('/v1/login', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
      expect((await readJson(answer)).detail).toContain(detail)
    }
  })
})

async function readJson(answer: Response): Promise<Record<string, unknown>> {
  const body: unknown = await answer.json()
  expect(body).toBeTypeOf('object')
  return { ...Object(body) }
}

interface ReadEvent {
  readonly event: string
  readonly id: string | undefined
  readonly data: unknown
}

async function* eventsOf(answer: Response): AsyncGenerator<ReadEvent, undefined> {
  let text = ''
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const field = (name: string): string | undefined =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
      const event = field('event')
      if (event !== undefined) yield { event, id: field('id'), data: JSON.parse(field('data') ?? 'null') }
    }
  }
  return undefined
}
