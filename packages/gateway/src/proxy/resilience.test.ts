import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import {
  exchangeBytes,
  proxyAction,
  routeOf,
  startPlane,
  startUpstream,
  type TestUpstream,
  tableOf,
  target,
} from '../data-plane.test-support.ts'

const ending: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end()
})

/** Reads a request and closes the connection without an answer. */
async function startBreaker(): Promise<{ port: string; requests: () => number }> {
  let requests = 0
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      requests += 1
      socket.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ending.push(() => server.close())
  return { port: String((server.address() as AddressInfo).port), requests: () => requests }
}

const startNamed = async (name: string, status = 200): Promise<TestUpstream & { requests: () => number }> => {
  let requests = 0
  const upstream = await startUpstream((request, response) => {
    requests += 1
    request.resume()
    request.once('end', () => response.writeHead(status).end(name))
  })
  ending.push(() => upstream[Symbol.asyncDispose]())
  return { ...upstream, [Symbol.asyncDispose]: async () => {}, requests: () => requests }
}

describe('a try that fails', () => {
  it('is repeated on another instance when nothing was sent, whatever the method and body', async () => {
    const good = await startNamed('good')
    await using gateway = await startPlane(routeOf(), ['1', good.port])
    for (let request = 0; request < 6; request++) {
      const response = await fetch(gateway.url, { method: 'POST', body: 'x'.repeat(200_000) })
      expect([response.status, await response.text()]).toEqual([200, 'good'])
    }
  })

  it('is repeated after a lost connection for idempotent requests alone, with their bodies', async () => {
    const breaking = await startBreaker()
    const good = await startUpstream((request, response) => request.pipe(response))
    ending.push(() => good[Symbol.asyncDispose]())
    await using gateway = await startPlane(routeOf(), [breaking.port, good.port])
    for (let request = 0; request < 4; request++) {
      const response = await fetch(gateway.url, { method: 'PUT', body: `body ${request}` })
      expect([response.status, await response.text()]).toEqual([200, `body ${request}`])
    }
    const before = breaking.requests()
    const statuses = await Promise.all(
      [1, 2, 3, 4].map(async () => (await fetch(gateway.url, { method: 'POST', body: 'x' })).status),
    )
    // Each was sent once, to one or the other.
    expect(statuses.filter((status) => status === 502)).toHaveLength(breaking.requests() - before)
    expect(statuses.filter((status) => status === 200)).toHaveLength(4 - (breaking.requests() - before))
  })

  it('is repeated after 503 within the attempts of the route, and the last answer is passed on', async () => {
    const [first, second] = [await startNamed('first', 503), await startNamed('second', 503)]
    const third = await startNamed('third', 503)
    const fourth = await startNamed('fourth', 503)
    await using gateway = await startPlane(routeOf(), [first.port, second.port, third.port, fourth.port])
    const response = await fetch(gateway.url)
    expect(response.status).toBe(503)
    expect(['first', 'second', 'third', 'fourth']).toContain(await response.text())
    expect([first, second, third, fourth].map(({ requests }) => requests()).sort()).toEqual([0, 1, 1, 1])
  })

  it('is not repeated beyond the budget', async () => {
    const sick = [await startNamed('a', 503), await startNamed('b', 503)]
    const retries = { ...proxyAction().retries, budgetShare: 0.1, budgetMinPerSecond: 0 }
    await using gateway = await startPlane(
      routeOf({ action: proxyAction({ retries }) }),
      sick.map(({ port }) => port),
    )
    for (let request = 0; request < 100; request++) await (await fetch(gateway.url)).text()
    const sent = sick.reduce((sum, { requests }) => sum + requests(), 0)
    expect(sent).toBeGreaterThan(100)
    expect(sent).toBeLessThanOrEqual(111)
  })

  it('meets a closed connection that was kept alive without a failure, even when it is the only instance', async () => {
    let connections = 0
    const server = createServer((socket) => {
      connections += 1
      let isFirst = true
      socket.on('error', () => {})
      socket.on('data', () => {
        // Its second request finds the connection closed.
        if (!isFirst) socket.destroy()
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        isFirst = false
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ending.push(() => server.close())
    await using gateway = await startPlane(routeOf(), [String((server.address() as AddressInfo).port)])
    for (let request = 0; request < 5; request++) expect((await fetch(gateway.url)).status).toBe(200)
    expect(connections).toBeGreaterThan(1)
  })
})

describe('times', () => {
  const none = { connectMs: 1_000, headersMs: undefined, idleMs: undefined, tryMs: undefined, totalMs: undefined }

  it('bound each try, and the whole request', async () => {
    const slow = await startUpstream(() => {})
    ending.push(() => slow[Symbol.asyncDispose]())
    const good = await startNamed('good')
    const retries = { ...proxyAction().retries, on: new Set(['timeout'] as const) }
    const timeouts = { ...none, tryMs: 1_000, totalMs: 30_000 }
    await using gateway = await startPlane(routeOf({ action: proxyAction({ timeouts, retries }) }), [
      slow.port,
      good.port,
    ])
    for (let request = 0; request < 2; request++) expect(await (await fetch(gateway.url)).text()).toBe('good')
    await using hasty = await startPlane(routeOf({ action: proxyAction({ timeouts: { ...none, totalMs: 200 } }) }), [
      slow.port,
    ])
    const late = await fetch(hasty.url)
    expect([late.status, await late.json()]).toMatchObject([504, { code: 'timeout' }])
  })

  it.each([
    ['HTTP/1.1', 'http1', ''],
    ['HTTP/2', 'h2c', ''],
    ['a WebSocket', 'http1', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'],
  ] as const)('bound connecting over %s as the route says', async (_name, protocol, headers) => {
    // It takes connections, and never says a word of TLS.
    const silent = createServer((socket) => ending.push(() => socket.destroy()))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    ending.push(() => silent.close())
    const { port } = silent.address() as AddressInfo
    const record = { id: 's', host: '127.0.0.1', port, scheme: 'https' }
    const choose = () => ({ target: { ...target, protocol }, reason: 'target' }) as const
    const retries = { ...proxyAction().retries, attempts: 0 }
    const action = proxyAction({ timeouts: { ...none, connectMs: 100 }, retries, choose })
    await using gateway = await startPlane(routeOf({ action }), [record], { connectTimeoutMs: 3_600_000 })
    const request = `GET / HTTP/1.1\r\nHost: a\r\n${headers}\r\n`
    const answer = await exchangeBytes(gateway.port, request, /upstream-connect-timeout/)
    expect(answer).toMatch(/^HTTP\/1.1 504 /)
  })

  it('end an answer that stops, and a body that stops', async () => {
    const stopping = await startUpstream((request, response) => {
      request.resume()
      if (request.method === 'GET') response.write('first')
    })
    ending.push(() => stopping[Symbol.asyncDispose]())
    await using gateway = await startPlane(routeOf({ action: proxyAction({ timeouts: { ...none, idleMs: 200 } }) }), [
      stopping.port,
    ])
    await expect(fetch(gateway.url).then((response) => response.text())).rejects.toThrow()
    const upload = httpRequest(gateway.url, { method: 'POST', headers: { 'content-length': 100 } })
    upload.write('only this')
    upload.on('error', () => {})
    const [response] = await once(upload, 'response')
    expect(response.statusCode).toBe(408)
    upload.destroy()
  })
})

describe('a breaker', () => {
  it('opens at its share with enough requests, answers at once, and falls back', async () => {
    const sick = await startNamed('sick', 503)
    const well = await startNamed('well')
    const breaker = { failureShare: 0.5, minRequests: 5, windowMs: 10_000, openMs: 60_000 }
    const retries = { ...proxyAction().retries, attempts: 0 }
    await using gateway = await startPlane(routeOf({ action: proxyAction({ breaker, retries }) }), [sick.port])
    const statuses: string[] = []
    for (let request = 0; request < 8; request++) {
      const response = await fetch(gateway.url)
      const text = await response.text()
      statuses.push(text === 'sick' ? text : JSON.parse(text).code)
    }
    expect(statuses).toEqual([...Array(5).fill('sick'), ...Array(3).fill('breaker-open')])
    expect(Number((await fetch(gateway.url)).headers.get('retry-after'))).toBeGreaterThan(30)
    expect(sick.requests()).toBe(5)
    expect(gateway.plane.core.upstreams.openBreakers()).toEqual({ shop: 'open' })
    // A swap of the table with the same rule keeps what is known.
    const other = { ...target, key: 'other', service: 'other' }
    const fallback = { kind: 'target', target: other } as const
    gateway.plane.setTable(
      tableOf([
        routeOf({ action: proxyAction({ breaker: { ...breaker }, retries, fallback, targets: [target, other] }) }),
      ]),
    )
    gateway.view.set('shop', [well.port])
    expect(await (await fetch(gateway.url)).text()).toBe('well')
    expect(gateway.records.at(-1)).toMatchObject({ service: 'other', reason: 'fallback' })
    gateway.plane.setTable(tableOf([routeOf({ name: 'another' })]))
    expect(gateway.plane.core.upstreams.openBreakers()).toEqual({})
  })
})

describe('a service without instances', () => {
  it('is answered for by the fallback of the route, else with 503 and Retry-After', async () => {
    await using gateway = await startPlane(routeOf(), [])
    const refused = await fetch(gateway.url)
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toMatchObject([
      503,
      '1',
      { code: 'no-instance' },
    ])
    const fallback = { kind: 'answer', answer: { status: 200, body: 'closed for today' } } as const
    gateway.plane.setTable(tableOf([routeOf({ action: proxyAction({ fallback }) })]))
    expect(await (await fetch(gateway.url)).text()).toBe('closed for today')
    await expect.poll(() => gateway.records.map(({ code }) => code)).toEqual(['no-instance', 'no-instance'])
  })
})

describe('overload', () => {
  it('lets a few wait, refuses the rest at once with Retry-After, and forgets those who leave the queue', async () => {
    const waiting: (() => void)[] = []
    const slow = await startUpstream((_request, response) => waiting.push(() => response.end('done')))
    ending.push(() => slow[Symbol.asyncDispose]())
    await using gateway = await startPlane(routeOf(), [slow.port], {
      admission: { maxInFlight: 2, maxQueued: 2, queueTimeoutMs: 60_000 },
    })
    const { admission } = gateway.plane.core
    const running = [fetch(gateway.url), fetch(gateway.url)]
    await expect.poll(() => waiting.length).toBe(2)
    const queued = fetch(gateway.url)
    const leaving = new AbortController()
    const left = fetch(gateway.url, { signal: leaving.signal })
    await expect.poll(() => admission.queued).toBe(2)
    const refused = await fetch(gateway.url)
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toMatchObject([
      503,
      '1',
      { code: 'overloaded' },
    ])
    leaving.abort()
    await expect(left).rejects.toThrow()
    await expect.poll(() => admission.queued).toBe(1)
    for (const answer of waiting.splice(0)) answer()
    for (const response of await Promise.all(running)) expect(await response.text()).toBe('done')
    await expect.poll(() => waiting.length).toBe(1)
    for (const answer of waiting.splice(0)) answer()
    expect(await (await queued).text()).toBe('done')
    await expect.poll(() => admission.inFlight).toBe(0)
  })

  it('refuses a request that has waited too long', async () => {
    const slow = await startUpstream(() => {})
    ending.push(() => slow[Symbol.asyncDispose]())
    await using gateway = await startPlane(routeOf(), [slow.port], {
      admission: { maxInFlight: 1, maxQueued: 10, queueTimeoutMs: 50 },
    })
    const first = new AbortController()
    const running = fetch(gateway.url, { signal: first.signal })
    await expect.poll(() => gateway.plane.core.admission.inFlight).toBe(1)
    expect((await fetch(gateway.url)).status).toBe(503)
    first.abort()
    await expect(running).rejects.toThrow()
  })
})

describe('a change', () => {
  it('lets requests in flight to an instance that is gone end, and sends it no more', async () => {
    const waiting: (() => void)[] = []
    const old = await startUpstream((_request, response) => waiting.push(() => response.end('old')))
    ending.push(() => old[Symbol.asyncDispose]())
    const fresh = await startNamed('fresh')
    await using gateway = await startPlane(routeOf(), [old.port])
    const running = fetch(gateway.url)
    await expect.poll(() => waiting.length).toBe(1)
    gateway.view.set('shop', [fresh.port])
    expect(await (await fetch(gateway.url)).text()).toBe('fresh')
    waiting[0]?.()
    expect(await (await running).text()).toBe('old')
    // Its connection is closed then, not kept.
    await expect
      .poll(() => new Promise((resolve) => old.server.getConnections((_error, count) => resolve(count))))
      .toBe(0)
  })

  it('of the table is in force with the next request, and leaves those under way alone', async () => {
    const waiting: (() => void)[] = []
    const slow = await startUpstream((_request, response) => waiting.push(() => response.end('slow')))
    ending.push(() => slow[Symbol.asyncDispose]())
    await using gateway = await startPlane(routeOf(), [slow.port])
    const running = fetch(gateway.url)
    await expect.poll(() => waiting.length).toBe(1)
    const answer = { kind: 'answer', answer: () => ({ status: 200, body: 'fixed' }) } as const
    gateway.plane.setTable(tableOf([routeOf({ name: 'fixed', action: answer })]))
    expect(await (await fetch(gateway.url)).text()).toBe('fixed')
    waiting[0]?.()
    expect(await (await running).text()).toBe('slow')
  })

  it('of the table ends what a vanished route left open for longer than draining may take, and nothing else', async () => {
    const stream = await startUpstream((request, response) => {
      response.write(`${request.url}\n`)
    })
    ending.push(() => stream[Symbol.asyncDispose]())
    const [kept, gone] = ['kept', 'gone'].map((name) => routeOf({ name }))
    if (kept === undefined || gone === undefined) throw new Error('There are two routes.')
    await using gateway = await startPlane(kept, [stream.port], { drainMs: 200 })
    gateway.plane.setTable(tableOf([kept, gone], ({ path }) => (path === '/gone' ? gone : kept)))
    const open = async (path: string) => {
      const reader = (await fetch(gateway.url + path)).body?.getReader()
      await reader?.read()
      return reader
    }
    const [steady, leaving] = await Promise.all([open('/kept'), open('/gone')])
    gateway.plane.setTable(tableOf([kept]))
    await expect(leaving?.read()).rejects.toThrow()
    await expect
      .poll(() => gateway.records.map(({ route, code }) => ({ route, code })))
      .toEqual([{ route: 'gone', code: 'route-gone' }])
    expect(gateway.plane.inFlight).toBe(1)
    await steady?.cancel()
  })

  it('copies a share of the requests to a mirror, whose answers nobody sees', async () => {
    const main = await startNamed('main')
    const copies: string[] = []
    const mirror = await startUpstream((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.once('end', () => {
        copies.push(`${request.method} ${request.url} ${body}`)
        response.writeHead(500).end('copy')
      })
    })
    ending.push(() => mirror[Symbol.asyncDispose]())
    await using gateway = await startPlane(routeOf(), [main.port])
    const copyTarget = { ...target, key: 'copy', service: 'copy' }
    const action = proxyAction({ mirror: { target: copyTarget, share: 1 }, targets: [target, copyTarget] })
    gateway.plane.setTable(tableOf([routeOf({ action })]))
    const response = await fetch(`${gateway.url}/x`, { method: 'POST', body: 'hello' })
    expect(await response.text()).toBe('main')
    // Both targets share the view of this test: the next instance in turn gets the copy.
    gateway.view.set('shop', [mirror.port])
    await (await fetch(`${gateway.url}/y`, { method: 'POST', body: 'again' })).text()
    await expect.poll(() => copies).toContain('POST /y again')
  })
})

describe('drain', () => {
  it('answers what is under way and what comes on open connections, then closes them', async () => {
    const waiting: (() => void)[] = []
    const slow = await startUpstream((_request, response) => waiting.push(() => response.end('done')))
    ending.push(() => slow[Symbol.asyncDispose]())
    await using gateway = await startPlane(routeOf(), [slow.port])
    const running = fetch(gateway.url)
    await expect.poll(() => waiting.length).toBe(1)
    const draining = gateway.plane.drain(30_000, 50)
    await expect(fetch(gateway.url, { headers: { connection: 'close' } })).rejects.toThrow()
    waiting[0]?.()
    const response = await running
    expect([await response.text(), response.headers.get('connection')]).toEqual(['done', 'close'])
    await draining
    expect(gateway.plane.connections).toBe(0)
  })
})
