import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { EtcdClient } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import { FakeClock } from '@waypost/core/testing'
import { Stopwatch, until } from '@waypost/testkit'
import { type Dispatcher, interceptors, request, fetch as undiciFetch } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Registration } from '../register/registration.ts'
import { Registry } from '../registry.ts'
import { HttpService, type World, world } from './http-service.test-support.ts'

/** Node's own fetch takes any dispatcher, which its types do not all agree on. */
const nodeFetch = (url: string, init: object = {}) => globalThis.fetch(url, init)

describe('the dispatcher, as time goes by', () => {
  it('gives up a service that nobody calls for ten minutes, and takes it up again', async () => {
    const clock = new FakeClock()
    await using user = await world({ clock })
    const a = await user.start('a')
    const dispatcher = user.callers.dispatcher()
    const ask = async () => (await request('http://user/', { dispatcher })).body.text()
    expect(await ask()).toBe('a')
    await clock.advance(9 * 60_000)
    expect(await ask()).toBe('a')
    await clock.advance(9 * 60_000)
    expect(a.connections).toBe(1)
    await clock.advance(3 * 60_000)
    await until('its connection is closed', () => a.connections === 0)
    expect(await ask()).toBe('a')
  })

  it('ends requests in flight that outlast the time to drain', async () => {
    const clock = new FakeClock()
    await using user = await world({ clock })
    const a = await user.start('a', (_, response) => void response.write('begun'))
    const dispatcher = user.callers.dispatcher({ drainTimeoutMs: 5_000 })
    const { body } = await request('http://user/', { dispatcher })
    const ended = expect(body.text()).rejects.toThrow()
    const closed = dispatcher.close()
    await clock.advance(4_000)
    expect(a.connections).toBe(1)
    await clock.advance(1_000)
    await closed
    await ended
  })

  it('leaves the latency of long polls out', async () => {
    await using user = await world()
    const slow = await user.start('slow', (_, response) => setTimeout(() => response.end('slow'), 30))
    await user.start('quick')
    const dispatcher = user.callers.dispatcher({ isLongPoll: ({ path }) => path === '/poll' })
    for (let call = 0; call < 40; call++) await (await request('http://user/poll', { dispatcher })).body.text()
    // Were it measured, it would be asked once.
    expect(slow.requests.length).toBeGreaterThan(5)
  })
})

describe('the dispatcher', () => {
  let user: World
  let dispatcher: Dispatcher

  beforeEach(async () => {
    user = await world()
    dispatcher = user.callers.dispatcher()
  })

  afterEach(async () => {
    await user[Symbol.asyncDispose]()
  })

  async function ask(path = '/'): Promise<string> {
    const { body } = await request(`http://user${path}`, { dispatcher })
    return body.text()
  }

  async function seen(id: string, isThere: boolean): Promise<void> {
    const view = await user.callers.discover('user')
    await until(
      'the view shows it',
      () => view.instances.some((one) => one.id === id && one.status === 'up') === isThere,
    )
    await view.close()
  }

  it.each([
    ["Node's fetch", async (url: string) => (await nodeFetch(url, { dispatcher })).text()],
    ["undici's fetch", async (url: string) => (await undiciFetch(url, { dispatcher })).text()],
    ["undici's request", async (url: string) => (await request(url, { dispatcher })).body.text()],
    [
      'the dispatcher itself',
      async (url: string) => {
        const { origin, pathname, search } = new URL(url)
        return (await dispatcher.request({ origin, path: `${pathname}${search}`, method: 'GET' })).body.text()
      },
    ],
  ])('takes %s to an instance, with the name as Host', async (_, get) => {
    const a = await user.start('a', (asked, response) => response.end(`${asked.headers.host} ${asked.url}`))
    expect(await get('http://user/orders?x=1')).toBe('user /orders?x=1')
    expect(a.requests).toHaveLength(1)
  })

  it('is one and the same without options, and leaves other hosts alone', async () => {
    await using other = await HttpService.start('other')
    expect(user.callers.dispatcher()).toBe(dispatcher)
    for (const host of [`127.0.0.1:${other.port}`, `localhost:${other.port}`]) {
      expect(await (await undiciFetch(`http://${host}/`, { dispatcher })).text()).toBe('other')
    }
  })

  it('finds services below a domain, or by a function', async () => {
    await user.start('a')
    const below = user.callers.dispatcher({ domain: 'svc.test' })
    expect(await (await undiciFetch('http://user.svc.test/', { dispatcher: below })).text()).toBe('a')
    const byPort = user.callers.dispatcher({ serviceOf: ({ port }) => (port === '99' ? 'user' : undefined) })
    expect(await (await undiciFetch('http://anything:99/', { dispatcher: byPort })).text()).toBe('a')
  })

  it('can be made global, and gives the place back', async () => {
    await user.start('a')
    const global = user.callers.dispatcher({ global: true })
    expect(await (await nodeFetch('http://user/')).text()).toBe('a')
    await global.close()
    await expect(nodeFetch('http://user/')).rejects.toThrow()
  })

  it('sends bodies of every kind', async () => {
    await user.start('a', (asked, response) => void asked.pipe(response))
    const send = async (body: Dispatcher.RequestOptions['body']) =>
      (await request('http://user/', { dispatcher, method: 'POST', body: body ?? null })).body.text()
    expect(await send('text')).toBe('text')
    expect(await send(Buffer.from('bytes'))).toBe('bytes')
    expect(await send(Readable.from(['a ', 'stream']))).toBe('a stream')
    const form = new FormData()
    form.set('name', 'Ann')
    expect(await (await nodeFetch('http://user/', { dispatcher, method: 'POST', body: form })).text()).toContain('Ann')
  })

  it('fails with the error of a body that breaks before anybody reads it', async () => {
    await user.start('a')
    const body = createReadStream('/there/is/no/such/file')
    await expect(request('http://user/', { dispatcher, method: 'POST', body })).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })

  it('follows instances that come and go, and closes their connections', async () => {
    const a = await user.start('a')
    expect(await ask()).toBe('a')
    const b = await user.start('b')
    await seen('b', true)
    await until('b is asked', async () => (await ask()) === 'b')
    expect(a.connections).toBe(1)
    await user.registry.operate('user').disable('a', { by: 'test' })
    await seen('a', false)
    await until('the connection to a is closed', () => a.connections === 0)
    const before = b.requests.length
    for (let call = 0; call < 10; call++) await ask()
    expect(b.requests.length - before).toBe(10)
  })

  it('lets a request in flight end when its instance leaves', async () => {
    let answer: (() => void) | undefined
    await user.start('a', (_, response) => {
      response.write('begun ')
      answer = () => response.end('ended')
    })
    const { body } = await request('http://user/', { dispatcher })
    await user.registry.operate('user').disable('a', { by: 'test' })
    await seen('a', false)
    answer?.()
    expect(await body.text()).toBe('begun ended')
  })

  it('asks another one when a connection is refused, whatever the method, and asks the dead one no more', async () => {
    await user.registerDead('dead')
    await user.start('a', (asked, response) => void asked.pipe(response))
    for (const body of ['text', Readable.from(['str', 'eam'])]) {
      const fresh = user.callers.dispatcher({})
      const sent = await request('http://user/', { dispatcher: fresh, method: 'POST', body })
      expect(await sent.body.text()).toBe(typeof body === 'string' ? 'text' : 'stream')
    }
    const posted = await nodeFetch('http://user/', { dispatcher, method: 'POST', body: 'by fetch' })
    expect(await posted.text()).toBe('by fetch')
  })

  it('repeats a read on another instance when the connection is lost, and no write', async () => {
    const a = await user.start('a', (asked) => asked.socket.destroy())
    await user.start('b')
    for (let call = 0; call < 10; call++) expect(await ask()).toBe('b')
    expect(a.requests.length).toBeGreaterThan(0)
    const posts = Array.from({ length: 20 }, async () => {
      const { body } = await request('http://user/', {
        dispatcher: user.callers.dispatcher({}),
        method: 'POST',
        body: 'x',
      })
      return body.text()
    })
    const results = await Promise.allSettled(posts)
    expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
  })

  it('does not repeat a read whose answer has begun', async () => {
    await user.start('a', (asked, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('part', () => asked.socket.destroy())
    })
    const b = await user.start('b', (asked, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('part', () => asked.socket.destroy())
    })
    const { body } = await request('http://user/', { dispatcher })
    await expect(body.text()).rejects.toThrow()
    expect(b.requests.length).toBeLessThan(2)
  })

  it('stops repeating when the budget is used up', async () => {
    for (const id of ['a', 'b', 'c']) await user.start(id, (asked) => asked.socket.destroy())
    const poor = user.callers.dispatcher({
      retry: { budget: { share: 0, minPerSecond: 0.1 } },
      balance: { ejectAfterFailures: 0 },
    })
    await expect(request('http://user/', { dispatcher: poor })).rejects.toThrow()
    await expect(request('http://user/', { dispatcher: poor })).rejects.toThrow()
    await user.callers.close()
  })

  it('passes over an instance that answers 503', async () => {
    const a = await user.start('a', (_, response) => response.writeHead(503).end())
    const b = await user.start('b')
    for (let call = 0; call < 60; call++) await ask()
    expect(a.requests.length).toBeLessThan(10)
    expect(b.requests.length).toBeGreaterThan(50)
  })

  it('says which service has no instance, and why', async () => {
    const error: unknown = await request('http://nobody/', { dispatcher }).catch((cause: unknown) => cause)
    expect(WaypostError.is(error, 'no-instance') && error.message).toMatch(/nobody.*it has none/)
    await user.registerDead('dead')
    await seen('dead', true)
    const refused: unknown = await nodeFetch('http://user/', { dispatcher }).catch((cause: unknown) => cause)
    const { cause } = refused instanceof Error ? refused : {}
    expect(WaypostError.is(cause, 'no-instance') && cause.message).toMatch(/1 up; tried 127\.0\.0\.1:\d+/)
    expect(WaypostError.is(cause) && cause.cause).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it.each(['node', 'undici'])("propagates an abort by %s's fetch to the instance", async (whose) => {
    const a = await user.start('a', () => {})
    const ending = new AbortController()
    const options = { dispatcher, signal: ending.signal }
    const asking = whose === 'node' ? nodeFetch('http://user/', options) : undiciFetch('http://user/', options)
    const rejected = expect(asking).rejects.toThrow(/abort/i)
    await until('it is asked', () => a.requests.length === 1)
    ending.abort()
    await rejected
    await until('its connection is closed', () => a.requests[0]?.socket.destroyed)
  })

  it('ends at once while it waits for a store that is away', async () => {
    const etcd = new EtcdClient({ endpoints: 'http://127.0.0.1:1' })
    const away = new Registry(etcd)
    const lost = away.dispatcher()
    const asking = expect(request('http://user/', { dispatcher: lost })).rejects.toMatchObject({ code: 'closed' })
    const stopwatch = new Stopwatch()
    await lost.close()
    await asking
    expect(stopwatch.stop()).toBeLessThan(2_000)
    const short = away.dispatcher({ discoverTimeoutMs: 50 })
    await expect(request('http://user/', { dispatcher: short })).rejects.toMatchObject({ code: 'unavailable' })
    await away.close()
    await etcd.close()
  })

  it('aborts a request that still waits for the first list', async () => {
    const ending = new AbortController()
    const asking = request('http://user/', { dispatcher, signal: ending.signal })
    ending.abort(new Error('enough'))
    await expect(asking).rejects.toThrow('enough')
  })

  it('works below interceptors', async () => {
    await user.registerDead('dead')
    await user.start('a', (_, response) => response.writeHead(302, { location: '/there' }).end())
    const redirecting = dispatcher.compose(interceptors.redirect({ maxRedirections: 1 }))
    const { statusCode } = await request('http://user/', { dispatcher: redirecting })
    expect(statusCode).toBe(302)
    const ending = new AbortController()
    const aborted = request('http://user/', { dispatcher: redirecting, signal: ending.signal })
    ending.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
  })

  it('keeps nothing after close', async () => {
    const a = await user.start('a')
    expect(await ask()).toBe('a')
    await dispatcher.close()
    await until('its connections are closed', () => a.connections === 0)
    await expect(ask()).rejects.toThrow(/closed/)
    await dispatcher.close()
  })

  it('serves many at once while instances are replaced', async () => {
    const registrations: Registration[] = []
    const services: HttpService[] = []
    const add = async (id: string) => {
      const service = await HttpService.start(id)
      services.push(service)
      registrations.push(await user.registry.register({ service: 'user', id, host: '127.0.0.1', port: service.port }))
    }
    for (let index = 0; index < 3; index++) await add(`i${index}`)
    let isOver = false
    let answered = 0
    const callers = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const { statusCode, body } = await request('http://user/', { dispatcher, method: 'POST', body: 'x' })
        await body.dump()
        expect(statusCode).toBe(200)
        answered += 1
      }
    })
    for (let index = 3; index < 9; index++) {
      await add(`i${index}`)
      await registrations.shift()?.drain({ inFlight: async () => {} })
    }
    isOver = true
    await Promise.all(callers)
    expect(answered).toBeGreaterThan(50)
    await Promise.all(services.map((service) => service.kill()))
  })
})
