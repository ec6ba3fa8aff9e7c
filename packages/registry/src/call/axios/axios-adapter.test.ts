import { until } from '@waypost/testkit'
import axios from 'axios'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HttpService, type World, world } from '../http-service.test-support.ts'
import { axiosAdapter } from './axios-adapter.ts'

describe('the axios adapter', () => {
  let user: World

  beforeEach(async () => {
    user = await world()
  })

  afterEach(async () => {
    await user[Symbol.asyncDispose]()
  })

  it('sends requests for services to instances, and others on', async () => {
    await user.start('a', (asked, response) => response.end(`${asked.headers.host} ${asked.method} ${asked.url}`))
    await using other = await HttpService.start('other')
    const client = axios.create({ adapter: axiosAdapter(user.callers), baseURL: 'http://user/api/' })
    expect((await client.get('/orders', { params: { x: 1 } })).data).toBe('user GET /api/orders?x=1')
    expect((await client.post('http://user/', { a: 1 })).data).toBe('user POST /')
    expect((await client.get(`http://127.0.0.1:${other.port}/`)).data).toBe('other')
  })

  it('repeats reads that failed and whatever was not sent, and no write that was', async () => {
    await user.registerDead('dead')
    const sick = await user.start('sick', (_, response) => response.writeHead(503).end())
    const well = await user.start('a', (_, response) => response.end('a'))
    // Each in turn: which of them is asked is not up to chance, nor to how quick they are.
    const adapter = axiosAdapter(user.callers, { balance: { algorithm: 'round-robin', ejectAfterFailures: 0 } })
    const client = axios.create({ adapter, baseURL: 'http://user' })
    for (let call = 0; call < 5; call++) expect((await client.get('/')).data).toBe('a')
    expect(sick.requests.length).toBeGreaterThan(0)
    const posts = await Promise.all(
      Array.from({ length: 10 }, () =>
        client.post('/', {}, { validateStatus: () => true }).then(({ status }) => status),
      ),
    )
    const posted = ({ requests }: HttpService) => requests.filter(({ method }) => method === 'POST').length
    expect(posted(sick)).toBeGreaterThan(0)
    expect(posts.filter((status) => status === 503).length).toBe(posted(sick))
    expect(posts.filter((status) => status === 200).length).toBe(posted(well))
  })

  it('ends a request when the time is over, and when its caller gives up', async () => {
    const silent = await user.start('a', () => {})
    const client = axios.create({ adapter: axiosAdapter(user.callers, { timeoutMs: 300 }), baseURL: 'http://user' })
    await expect(client.get('/')).rejects.toMatchObject({ code: 'deadline-exceeded' })
    await until('the first is ended', () => silent.requests[0]?.socket.destroyed)
    const ending = new AbortController()
    const asking = expect(client.get('/', { signal: ending.signal })).rejects.toMatchObject({ code: 'ERR_CANCELED' })
    await until('it is asked', () => silent.requests.length === 2)
    ending.abort()
    await asking
  })

  it('says that there is no instance', async () => {
    const client = axios.create({ adapter: axiosAdapter(user.callers) })
    await expect(client.get('http://nobody/')).rejects.toMatchObject({ code: 'no-instance' })
  })
})
