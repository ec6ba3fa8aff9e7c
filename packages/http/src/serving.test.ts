import { createServer, get } from 'node:http'
import type { EmbeddedServer } from '@waypost/server'
import { startStore, until } from '@waypost/testkit'
import express from 'express'
import fastify from 'fastify'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { boundAddress } from './bound-address.ts'
import { listen } from './express/listen.ts'
import { waypostPlugin } from './fastify/waypost-plugin.ts'
import { openStore, type TestStore } from './open-store.test-support.ts'
import { registerOnListen } from './register-on-listen.ts'

let store: EmbeddedServer
let waypost: TestStore
let consumer: TestStore

beforeEach(async () => {
  store = await startStore()
  waypost = openStore(store.url)
  consumer = openStore(store.url)
})

afterEach(async () => {
  await waypost.close()
  await consumer.close()
  await store.close()
})

/** What a service is asked for: a route that waits until `answer` is called. */
interface Held {
  readonly asked: Promise<void>
  answer(): void
}

function held(): Held & { readonly handle: () => Promise<string> } {
  let asked = (): void => {}
  let answer = (): void => {}
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve
  })
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  return {
    asked: isAsked,
    answer: () => answer(),
    handle: async () => {
      asked()
      await answered
      return 'done'
    },
  }
}

function fetchText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      let text = `${response.statusCode} `
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('end', () => resolve(text))
    }).on('error', reject)
  })
}

interface Service {
  readonly port: number
  readonly work: Held
  close(): Promise<unknown>
}

async function withExpress(): Promise<Service> {
  const app = express()
  const work = held()
  app.get('/work', async (_request, response) => {
    response.send(await work.handle())
  })
  const running = await listen(app, waypost, { service: 'user', id: 'a', listenHost: '127.0.0.1' })
  return { port: running.port, work, close: () => running.close() }
}

async function withFastify(): Promise<Service> {
  const app = fastify()
  const work = held()
  await app.register(waypostPlugin, { waypost, service: 'user', id: 'a' })
  app.get('/work', () => work.handle())
  await app.listen({ port: 0, host: '127.0.0.1' })
  expect(Reflect.get(app, 'waypost')).toBe(waypost)
  await app.waypostInstance.registered
  const port = boundAddress(app.server)?.port ?? 0
  return { port, work, close: () => app.close() }
}

describe.each([
  ['Express', withExpress],
  ['Fastify', withFastify],
])('a service on %s', (_, start) => {
  it('is registered where it listens, says how it is, and closes when its requests are answered', async () => {
    const { port, work, close } = await start()
    const users = await consumer.registry.discover('user')
    await until('it is found', () => users.instances.length === 1)
    expect(users.instances).toMatchObject([{ id: 'a', host: '127.0.0.1', port, status: 'up' }])
    const url = `http://127.0.0.1:${port}`
    const health = await fetchText(`${url}/health?x=1`)
    expect(health).toMatch(/^200 /)
    expect(JSON.parse(health.slice(4))).toMatchObject({ status: 'up', connected: true, registered: true })
    expect(await fetchText(`${url}/other`)).toMatch(/^404 /)

    const working = fetchText(`${url}/work`)
    await work.asked
    const closed = close()
    await until('it says that it leaves', () => users.instances[0]?.status === 'leaving')
    expect(await fetchText(`${url}/health`)).toMatch(/^503 .*"status":"leaving"/)
    work.answer()
    expect(await working).toBe('200 done')
    await closed
    await until('it is gone', () => users.instances.length === 0)
    await expect(fetchText(url)).rejects.toThrow('ECONNREFUSED')
  })
})

describe('any server', () => {
  it('is registered when the store comes back, and not when it is closed before', async () => {
    const port = store.port
    await store.close()
    const away = openStore(store.url, 200)
    onTestFinished(() => away.close())
    const server = createServer((_, response) => response.end())
    const problems: (number | undefined)[] = []
    const options = { service: 'user', onProblem: (_: unknown, ms: number | undefined) => problems.push(ms) }
    const instance = registerOnListen(away.registry, server, options)
    const never = registerOnListen(away.registry, createServer(), options)
    expect(await never.drain()).toBeUndefined()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    await until('it has been tried', () => problems.length > 0)
    expect(instance.registration).toBeUndefined()
    store = await startStore({ port })
    expect((await instance.registered).state).toBe('registered')
    expect(problems).not.toContain(undefined)
    await instance.drain()
    expect(await away.registry.services()).toEqual([])
    server.close()
  })

  it('says that it cannot be registered', async () => {
    const problems: unknown[] = []
    const instance = registerOnListen(waypost.registry, undefined, {
      service: 'user',
      onProblem: (error, retryInMs) => problems.push([error, retryInMs]),
    })
    await expect(instance.registered).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(problems).toEqual([[expect.objectContaining({ code: 'invalid-argument' }), undefined]])
    expect(await instance.drain()).toBeUndefined()
  })

  it('is refused before it listens when it could not be registered', async () => {
    const written = (call: (...args: never) => unknown, ...args: unknown[]) => Reflect.apply(call, undefined, args)
    const app = express()
    await expect(written(listen, app, waypost, { service: 'a/b' })).rejects.toThrow('contains a slash')
    await expect(written(listen, app, waypost, {})).rejects.toThrow("listen(app, await connect(), { service: 'user'")
    await expect(written(listen, app, Promise.resolve(waypost), { service: 'a' })).rejects.toThrow(
      'listen(app, await connect()',
    )
    await expect(written(listen, undefined, waypost, { service: 'a' })).rejects.toThrow('with an application')
    const plugin = async (options: object) => fastify().register(written.bind(undefined, waypostPlugin), options)
    await expect(plugin({})).rejects.toThrow('{ waypost: await connect()')
    await expect(plugin({ waypost, service: 'a/b' })).rejects.toThrow('contains a slash')
    const misspelt = { service: 'a', healthpath: '/ok' }
    await expect(written(listen, app, waypost, misspelt)).rejects.toThrow('listen has no option healthpath;')
    await expect(plugin({ waypost, ...misspelt })).rejects.toThrow('waypostPlugin has no option healthpath;')
    expect(() => written(registerOnListen, waypost.registry, createServer(), misspelt)).toThrow(
      'registerOnListen has no option healthpath;',
    )
    expect(() => written(registerOnListen, waypost, createServer(), { service: 'a' })).toThrow(
      'Write registerOnListen(waypost.registry, server',
    )
  })
})

describe('a service with an answer that never ends', () => {
  it('is closed when the time of its requests is over', async () => {
    const app = express()
    app.get('/events', (_request, response) => {
      response.write('data: 1\n\n')
    })
    const options = { service: 'user', listenHost: '127.0.0.1', drain: { timeoutMs: 20 } }
    const running = await listen(app, waypost, options)
    await running.instance.registered
    const ended = new Promise((resolve, reject) => {
      get(`http://127.0.0.1:${running.port}/events`, (response) => {
        response.once('error', resolve).once('data', () => running.close().catch(resolve))
      }).on('error', reject)
    })
    await ended
    await expect(running.close()).rejects.toMatchObject({ code: 'deadline-exceeded' })
    expect(running.server.listening).toBe(false)
    expect(await consumer.registry.services()).toEqual([])
  })
})
