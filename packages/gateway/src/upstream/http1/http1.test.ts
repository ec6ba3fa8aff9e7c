import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type Clock, deferred, systemClock } from '@waypost/core'
import { FakeClock } from '@waypost/core/testing'
import { type Instance, readInstance } from '@waypost/registry'
import { afterEach, describe, expect, it } from 'vitest'
import type { AttemptListener, BodySource, UpstreamRequest } from '../attempt.ts'
import { Connections } from '../connections.ts'
import type { UpstreamTls } from '../upstream-tls.ts'

const ending: (() => unknown)[] = []
afterEach(() => {
  for (const end of ending.splice(0).reverse()) end()
})

/** What an attempt brought, in order. */
interface Brought {
  readonly informed: number[]
  status: number | undefined
  headers: readonly string[]
  body: string
  trailers: readonly string[] | undefined
  failure: string | undefined
}

interface Peer {
  readonly instance: Instance
  /** Every connection that was ever made. */
  readonly sockets: Socket[]
  /** All that was received, by connection. */
  readonly received: string[]
}

/** An instance that answers each request, whose head ends in an empty line, with the next of these texts. */
async function startPeer(...answers: readonly (string | readonly string[])[]): Promise<Peer> {
  const sockets: Socket[] = []
  const received: string[] = []
  let next = 0
  const server = createServer((socket) => {
    const index = sockets.push(socket) - 1
    received.push('')
    socket.on('error', () => {})
    socket.on('data', async (bytes) => {
      received[index] += bytes.toString('latin1')
      if (!received[index]?.endsWith('\r\n\r\n')) return
      const answer = answers[Math.min(next++, answers.length - 1)] ?? ''
      for (const piece of typeof answer === 'string' ? [answer] : answer) {
        if (piece === 'close') socket.end()
        else socket.write(piece, 'latin1')
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ending.push(() => server.close())
  ending.push(() => {
    for (const socket of sockets) socket.destroy()
  })
  return { instance: instanceOn((server.address() as AddressInfo).port), sockets, received }
}

function instanceOn(port: number, scheme?: string): Instance {
  const record = Buffer.from(JSON.stringify({ id: 'a', host: '127.0.0.1', port, status: 'up', scheme }))
  const { instance } = readInstance('/services/shop/a', record, 1n)
  if (instance === undefined) throw new Error('That is no instance.')
  return instance
}

function newConnections(clock: Clock = systemClock, keepAliveMs = 4_000, tls: UpstreamTls = {}): Connections {
  const connections = new Connections({ connectTimeoutMs: 5_000, keepAliveMs, drainMs: 1_000, tls }, clock)
  ending.push(() => connections.close())
  return connections
}

function requestTo(instance: Instance, changes: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return { method: 'GET', path: '/x', host: 'shop', headers: ['x-a', '1'], body: undefined, instance, ...changes }
}

function ask(connections: Connections, request: UpstreamRequest): Promise<Brought> {
  const brought: Brought = {
    informed: [],
    status: undefined,
    headers: [],
    body: '',
    trailers: undefined,
    failure: undefined,
  }
  const { promise, resolve } = deferred<Brought>()
  const listener: AttemptListener = {
    informed: (status) => brought.informed.push(status),
    head: (status, headers) => Object.assign(brought, { status, headers }),
    switched: () => {},
    data: (chunk) => {
      brought.body += chunk.toString('latin1')
      return true
    },
    ended: (trailers) => {
      brought.trailers = trailers
      resolve(brought)
    },
    failed: ({ kind }) => {
      brought.failure = kind
      resolve(brought)
    },
  }
  connections.http1(request, listener)
  return promise
}

function bodyOf(chunks: readonly string[], trailers: readonly string[] = []): BodySource {
  return {
    start: (listener) => {
      for (const chunk of chunks) listener.bodyData(Buffer.from(chunk))
      listener.bodyEnded(trailers)
    },
    resume: () => {},
    cancel: () => {},
  }
}

const hello = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
const byteByByte = (text: string): readonly string[] => [...text]

describe('an answer', () => {
  it('is read whatever its framing and however it is cut', async () => {
    const cases: readonly [answer: string, method: string, expected: Partial<Brought>][] = [
      [hello, 'GET', { status: 200, body: 'hello', headers: ['Content-Length', '5'] }],
      ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'GET', { body: '' }],
      ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'HEAD', { body: '', headers: ['Content-Length', '5'] }],
      ['HTTP/1.1 204 \r\n\r\n', 'GET', { status: 204, body: '' }],
      ['HTTP/1.1 304\r\nContent-Length: 9\r\n\r\n', 'GET', { status: 304, body: '' }],
      [
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\nA;x="y z"\r\n, my world\r\n0\r\nX-Sum:  1 \r\n\r\n',
        'GET',
        { body: 'hello, my world', trailers: ['X-Sum', '1'] },
      ],
      [
        `HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${hello}`,
        'GET',
        { informed: [103, 100] },
      ],
      ['HTTP/1.1 200 OK\r\nX:\r\nSet-Cookie: a\r\nset-cookie: \xe9\r\nContent-Length: 0\r\n\r\n', 'GET', {}],
    ]
    for (const [answer, method, expected] of cases) {
      const peer = await startPeer(answer, byteByByte(answer))
      const connections = newConnections()
      for (const _ of [1, 2]) {
        expect(await ask(connections, requestTo(peer.instance, { method })), answer).toMatchObject(expected)
      }
      expect(peer.sockets, answer).toHaveLength(1)
    }
  })

  it('without a length ends with its connection', async () => {
    const peer = await startPeer(['HTTP/1.1 200 OK\r\n\r\nhel', 'lo', 'close'])
    expect(await ask(newConnections(), requestTo(peer.instance))).toMatchObject({ body: 'hello', failure: undefined })
  })

  it('that is cut off has failed', async () => {
    for (const cut of ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello', 'HTTP/1.1 2', '']) {
      const peer = await startPeer([cut, 'close'])
      expect((await ask(newConnections(), requestTo(peer.instance))).failure, cut).toBe('reset')
    }
  })

  it('that could be read in two ways, or is too large, is refused', async () => {
    const bad = [
      'HTTP/2.0 200 OK\r\n\r\n',
      'HTTP/1.1 099 No\r\n\r\n',
      'HTTP/1.1 2000 OK\r\n\r\n',
      'HTTP/1.1  200 OK\r\n\r\n',
      'ICY 200 OK\r\n\r\n',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
      'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'HTTP/1.0 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n',
      'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello',
      'HTTP/1.1 200 OK\r\nX : 1\r\n\r\n',
      'HTTP/1.1 200 OK\r\nX: 1\r\n folded\r\n\r\n',
      'HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n',
      'HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n',
      'HTTP/1.1 200 OK\r\nX: a\0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 1\r\n\r\n',
      `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
      `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`,
    ]
    for (const answer of bad) {
      const peer = await startPeer(answer)
      const { failure } = await ask(newConnections(), requestTo(peer.instance))
      expect(failure, answer.slice(0, 80)).toBe('bad-answer')
    }
  })
})

describe('a connection to an instance', () => {
  it('is not used again when bytes follow the answer, or come unasked', async () => {
    for (const answer of [
      [`${hello}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`],
      [hello, 'HTTP/1.1 200 OK\r\n'],
    ]) {
      const peer = await startPeer(answer, hello)
      const connections = newConnections()
      expect((await ask(connections, requestTo(peer.instance))).body).toBe('hello')
      const [first] = peer.sockets
      if (first && !first.destroyed) await once(first, 'close')
      expect((await ask(connections, requestTo(peer.instance))).body).toBe('hello')
      expect(peer.sockets).toHaveLength(2)
    }
  })

  it('is not used again when the instance says so, or after its time', async () => {
    const clock = new FakeClock()
    const cases: readonly [headers: string, waitMs: number, connections: number][] = [
      ['Connection: close\r\n', 0, 2],
      ['Keep-Alive: timeout=3\r\n', 1_900, 1],
      ['Keep-Alive: timeout=3\r\n', 2_100, 2],
      ['', 3_900, 1],
      ['', 4_100, 2],
    ]
    for (const [headers, waitMs, count] of cases) {
      const peer = await startPeer(`HTTP/1.1 200 OK\r\n${headers}Content-Length: 0\r\n\r\n`)
      const connections = newConnections(clock)
      await ask(connections, requestTo(peer.instance))
      await clock.advance(waitMs)
      await ask(connections, requestTo(peer.instance))
      expect(peer.sockets, `${headers} ${waitMs}`).toHaveLength(count)
    }
  })

  it('is closed in its time though nobody asks', async () => {
    const clock = new FakeClock()
    const peer = await startPeer(hello)
    await ask(newConnections(clock), requestTo(peer.instance))
    const [socket] = peer.sockets
    const closed = socket && once(socket, 'close')
    for (let second = 0; second < 6; second++) await clock.advance(1_000)
    await closed
  })

  it('is not used again when the answer came before the request was whole', async () => {
    const peer = await startPeer(hello)
    const connections = newConnections()
    let cancelled = 0
    const body: BodySource = { start: () => {}, resume: () => {}, cancel: () => cancelled++ }
    const brought = await ask(connections, requestTo(peer.instance, { method: 'PUT', body }))
    expect([brought.body, cancelled]).toEqual(['hello', 1])
    await ask(connections, requestTo(peer.instance))
    expect(peer.sockets).toHaveLength(2)
  })

  it('that cannot be made has failed as such', async () => {
    const failing = ask(newConnections(), requestTo(instanceOn(1)))
    expect((await failing).failure).toBe('unreachable')
  })
})

describe('an instance over TLS', () => {
  const pem = (name: string): Buffer =>
    readFileSync(new URL(`../../../../testkit/fixtures/tls/${name}.pem`, import.meta.url))

  async function startTls(): Promise<{ instance: Instance; sockets: Set<unknown> }> {
    const sockets = new Set<unknown>()
    const server = createTlsServer({ cert: pem('server.cert'), key: pem('server.key') }, (request, response) => {
      sockets.add(request.socket)
      request.pipe(response)
    })
    server.on('tlsClientError', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ending.push(() => server.close())
    ending.push(() => server.closeAllConnections())
    return { instance: instanceOn((server.address() as AddressInfo).port, 'https'), sockets }
  }

  it('gets requests on one connection, with bodies of every size', async () => {
    const { instance, sockets } = await startTls()
    const client = newConnections(systemClock, 4_000, { ca: pem('ca.cert') })
    for (const size of [0, 10, 200_000]) {
      const body = bodyOf(['x'.repeat(size)])
      const brought = await ask(client, requestTo(instance, { method: 'PUT', headers: [], body }))
      expect([brought.status, brought.body.length]).toEqual([200, size])
    }
    expect(sockets.size).toBe(1)
  })

  it('gets none when its certificate is not trusted, or for another name', async () => {
    const { instance, sockets } = await startTls()
    for (const tls of [{ ca: pem('stranger.cert') }, { ca: pem('ca.cert'), servername: 'other.example' }]) {
      const { failure } = await ask(newConnections(systemClock, 4_000, tls), requestTo(instance))
      expect(failure).toBe('unreachable')
    }
    expect(sockets.size).toBe(0)
  })
})

describe('a request', () => {
  it('is written as it is framed', async () => {
    const long = 'x'.repeat(20_000)
    const cases: readonly [changes: Partial<UpstreamRequest>, expected: string][] = [
      [{}, 'GET /x HTTP/1.1\r\nhost: shop\r\nx-a: 1\r\n\r\n'],
      [{ method: 'POST', headers: [] }, 'POST /x HTTP/1.1\r\nhost: shop\r\ncontent-length: 0\r\n\r\n'],
      [
        { method: 'POST', headers: ['Content-Length', '6'], body: bodyOf(['ab', '\r\n\r\n']) },
        'POST /x HTTP/1.1\r\nhost: shop\r\nContent-Length: 6\r\n\r\nab\r\n\r\n',
      ],
      [
        { method: 'PUT', headers: [], body: bodyOf(['ab', long], ['x-sum', '1']) },
        `PUT /x HTTP/1.1\r\nhost: shop\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n4e20\r\n${long}\r\n0\r\nx-sum: 1\r\n\r\n`,
      ],
    ]
    for (const [changes, expected] of cases) {
      const peer = await startPeer(hello)
      await ask(newConnections(), requestTo(peer.instance, changes))
      await expect.poll(() => peer.received).toEqual([expected])
    }
  })

  it('whose body has another length than it says is broken off', async () => {
    for (const body of [bodyOf(['abc']), bodyOf(['a'])]) {
      const peer = await startPeer(hello)
      const request = requestTo(peer.instance, { method: 'POST', headers: ['content-length', '2'], body })
      expect((await ask(newConnections(), request)).failure).toBe('aborted')
      await expect.poll(() => peer.sockets.every(({ destroyed }) => destroyed)).toBe(true)
      expect(peer.received.join('')).not.toContain('abc')
    }
  })

  it('that is given up ends its connection at once', async () => {
    const peer = await startPeer(['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello'])
    const { promise, resolve } = deferred()
    const attempt = newConnections().http1(requestTo(peer.instance), {
      informed: () => {},
      head: () => {},
      switched: () => {},
      data: () => {
        resolve()
        return true
      },
      ended: () => expect.unreachable(),
      failed: () => expect.unreachable(),
    })
    await promise
    const [socket] = peer.sockets
    const closed = socket && once(socket, 'close')
    attempt.abort()
    attempt.abort()
    await closed
  })
})
