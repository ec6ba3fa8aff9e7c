import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { exchangeBytes, routeOf, startPlane, startUpstream } from '../../data-plane.test-support.ts'
import { headersObject } from './headers-object.ts'

/** Answers with the method, the target and the body of the request. */
const startEcho = () =>
  startUpstream((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.once('end', () => {
      const text = `${request.method} ${request.url} ${body}`
      if (request.url === '/chunked') response.write(text.slice(0, 3))
      if (request.url === '/empty') response.writeHead(204).end()
      else if (request.url === '/chunked') response.end(text.slice(3))
      else response.writeHead(200, { 'content-length': Buffer.byteLength(text), 'x-request': 'yes' }).end(text)
    })
  })

const statusesOf = (answer: string): string[] => answer.match(/HTTP\/1.1 \d{3}/g) ?? []

describe('a connection of a client', () => {
  it('carries requests one behind the other, however they are cut, and answers them in order', async () => {
    await using upstream = await startEcho()
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const requests = [
      'POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc',
      'HEAD /2 HTTP/1.1\r\nHost: a\r\n\r\n',
      '\r\nPUT /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1;x=y\r\nf\r\n0\r\nX-Sum: 1\r\n\r\n',
      'GET /empty HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET /chunked HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET /6 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    ].join('')
    const whole = await exchangeBytes(gateway.port, requests)
    expect(statusesOf(whole)).toEqual([200, 200, 200, 204, 200, 200].map((status) => `HTTP/1.1 ${status}`))
    expect(whole).toMatch(/POST \/1 abc.*PUT \/3 def.*\r\n3\r\nGET\r\n.* \/chunked .*\r\n0\r\n\r\n.*GET \/6 $/s)
    const socket = connect(gateway.port, '127.0.0.1')
    let answer = ''
    socket.setNoDelay(true).on('data', (bytes) => {
      answer += bytes.toString('latin1')
    })
    for (const byte of requests) {
      socket.write(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await once(socket, 'close')
    const withoutChanging = (text: string): string => text.replace(/^(?:date|x-request-id): .*\r\n/gim, '')
    expect(withoutChanging(answer)).toBe(withoutChanging(whole))
  })

  it('stays open for HTTP/1.0 when it is asked to, and ends an answer without a length', async () => {
    await using upstream = await startEcho()
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const answer = await exchangeBytes(
      gateway.port,
      'GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\nGET /3 HTTP/1.0\r\n\r\n',
    )
    expect(statusesOf(answer)).toHaveLength(2)
    expect(answer).toMatch(/connection: keep-alive\r\n.*GET \/1 .*connection: close\r\n.*GET \/2 $/s)
    const unknown = await exchangeBytes(gateway.port, 'GET /chunked HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
    expect(unknown).toMatch(/connection: close\r\n\r\nGET \/chunked $/)
    expect(unknown).not.toContain('transfer-encoding')
  })

  it('is closed after its time without a request, and told so in the middle of one', async () => {
    await using upstream = await startEcho()
    await using gateway = await startPlane(routeOf(), [upstream.port], {
      limits: { keepAliveMs: 200, headersTimeoutMs: 200 },
    })
    expect(statusesOf(await exchangeBytes(gateway.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'))).toEqual(['HTTP/1.1 200'])
    const late = await exchangeBytes(gateway.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT')
    expect(statusesOf(late)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 408'])
  })

  it('whose client takes nothing of an answer is closed after its time', async () => {
    const answer = { kind: 'answer', answer: () => ({ status: 200, body: 'x'.repeat(20_000_000) }) } as const
    await using gateway = await startPlane(routeOf({ action: answer }), [], { limits: { keepAliveMs: 200 } })
    const socket = connect(gateway.port, '127.0.0.1').pause()
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await expect.poll(() => gateway.records).toMatchObject([{ code: 'client-gone' }])
    expect([gateway.plane.inFlight, gateway.plane.connections]).toEqual([0, 0])
    socket.destroy()
  })

  it('that its client gives up ends the request at the instance, also while others wait behind it', async () => {
    let begun = 0
    let closed = 0
    await using upstream = await startUpstream((_request, response) => {
      begun += 1
      response.once('close', () => {
        closed += 1
      })
    })
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const socket = connect(gateway.port, '127.0.0.1')
    socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n')
    await expect.poll(() => begun).toBe(1)
    socket.end()
    await expect.poll(() => [closed, gateway.plane.inFlight, gateway.plane.connections]).toEqual([1, 0, 0])
    expect(gateway.records).toMatchObject([{ status: 499, code: 'client-gone', path: '/1' }])
  })

  it('refuses what it does not know', async () => {
    await using gateway = await startPlane(routeOf(), [])
    const cases: readonly [bytes: string, status: number, code: string][] = [
      ['GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n', 417, 'bad-expectation'],
      ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n', 501, 'bad-framing'],
      ['BREW / HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'bad-request'],
    ]
    for (const [bytes, status, code] of cases) {
      const answer = await exchangeBytes(gateway.port, bytes)
      expect(statusesOf(answer)).toEqual([`HTTP/1.1 ${status}`])
      expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ status, code })
    }
  })
})

describe('headers as an object', () => {
  it("are the same as Node's", async () => {
    const raw = [
      ...['Host', 'a', 'host', 'b', 'X-A', '1', 'x-a', '2', 'Cookie', 'a=1', 'cookie', 'b=2', 'Set-Cookie', 'c'],
      ...[
        'set-cookie',
        'd',
        'Content-Type',
        'e',
        'content-type',
        'f',
        'Constructor',
        'g',
        '__proto__',
        'h',
        'toString',
        '',
      ],
      ...['User-Agent', 'i', 'User-Agent', 'j', 'Accept', 'k', 'Accept', 'l', 'Age', '1', 'Age', '2', 'Via', 'm'],
    ]
    let seen: IncomingHttpHeaders = {}
    const server = createServer((request, response) => {
      seen = request.headers
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    let lines = ''
    for (let index = 0; index < raw.length; index += 2) lines += `${raw[index]}: ${raw[index + 1]}\r\n`
    const { port } = server.address() as AddressInfo
    await exchangeBytes(port, `GET / HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`)
    server.close()
    expect(headersObject([...raw, 'Connection', 'close'])).toEqual(seen)
  })
})
