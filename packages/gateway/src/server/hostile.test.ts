import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { exchangeBytes, routeOf, startPlane, startUpstream } from '../data-plane.test-support.ts'

/** Requests that two programs in a row may read differently. Each is refused, and the instance never sees it. */
const smuggled: readonly [name: string, bytes: string][] = [
  ['both lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG'],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['two equal lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na'],
  ['a list of lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\nab'],
  ['a signed length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na'],
  ['a negative length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'],
  ['a hexadecimal length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\na'],
  ['a length that overflows', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n'],
  ['an unknown encoding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
  ['an encoding in front', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
  [
    'chunked twice',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['chunked, then identity', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
  ['a space before the colon', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
  ['a tab in the name', 'GET / HTTP/1.1\r\nHost: a\r\nX\tY: 1\r\n\r\n'],
  ['a folded header', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n Transfer-Encoding: chunked\r\n\r\n'],
  ['a bare line feed', 'GET / HTTP/1.1\nHost: a\n\n'],
  ['a bare carriage return', 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\rY: 2\r\n\r\n'],
  ['a null byte', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n'],
  ['a chunk size with a sign', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n'],
  [
    'a chunk size that overflows',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000001\r\na\r\n',
  ],
  ['HTTP/1.0 in chunks', 'POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
  ['a Host that is none', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
  ['a Host with a user', 'GET / HTTP/1.1\r\nHost: a@b\r\n\r\n'],
  ['another protocol version', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n'],
  ['a target without a slash', 'GET a HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a backslash', 'GET /a\\..\\b HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['an encoded slash', 'GET /a%2f..%2fadmin HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a path above the root', 'GET /../../etc HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['CONNECT', 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n'],
  ['TRACE', 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['nonsense', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
]

describe('hostile requests', () => {
  it('are refused, and end their connection or leave it in step', async () => {
    const seen: string[] = []
    await using upstream = await startUpstream((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      request.resume()
      response.end('ok')
    })
    await using gateway = await startPlane(routeOf(), [upstream.port])
    for (const [name, bytes] of smuggled) {
      const follow = 'GET /smuggled HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
      const answer = await exchangeBytes(gateway.port, Buffer.from(bytes + follow, 'latin1'))
      const [first] = answer.split('\r\n')
      expect(first, name).toMatch(/^HTTP\/1.1 (?:400|405|431|501|502) /)
      expect(
        seen.filter((line) => !line.includes('/smuggled')),
        name,
      ).toEqual([])
    }
    // What followed in its own right was an ordinary request, and nothing was ever hidden in another one.
    expect(new Set(seen)).toEqual(new Set(seen.length > 0 ? ['GET /smuggled'] : []))
    expect((await fetch(gateway.url)).status).toBe(200)
  })

  it('whose body breaks the framing are broken off at the instance', async () => {
    let whole = 0
    await using upstream = await startUpstream((request, response) => {
      request.on('error', () => {})
      request.once('end', () => {
        whole += 1
        response.end('whole')
      })
      request.resume()
    })
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
    for (const body of ['1\r\nab\r\n0\r\n\r\n', '3\r\nabc\r\nzz\r\n', `3\r\nabc\r\n0\r\nX${'\0'}: 1\r\n\r\n`]) {
      expect(await exchangeBytes(gateway.port, head + body)).not.toContain('whole')
    }
    await expect.poll(() => gateway.records.map(({ code }) => code)).toEqual(Array(3).fill('client-gone'))
    expect([whole, gateway.plane.inFlight]).toEqual([0, 0])
  })

  it('with headers that are too large are told so', async () => {
    await using upstream = await startUpstream((_request, response) => response.end('ok'))
    await using gateway = await startPlane(routeOf(), [upstream.port], { limits: { maxHeaderBytes: 4_096 } })
    const answer = await exchangeBytes(gateway.port, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(5_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 431 /)
    expect(answer).toContain('"code":"headers-too-large"')
    const many = Array.from({ length: 150 }, (_, index) => `X-${index}: 1\r\n`).join('')
    expect(await exchangeBytes(gateway.port, `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${many}\r\n`)).toMatch(
      /200 OK/,
    )
  })

  it('that come one byte at a time, or not at all, are cut off in time', async () => {
    await using gateway = await startPlane(routeOf(), [], { limits: { headersTimeoutMs: 300 } })
    const silent = exchangeBytes(gateway.port, '')
    const socket = connect(gateway.port, '127.0.0.1')
    socket.on('error', () => {})
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n')
    const drip = setInterval(() => socket.write('X-A: 1\r\n'), 50)
    await closed
    clearInterval(drip)
    expect(answer === '' || /^HTTP\/1.1 408 /.test(answer)).toBe(true)
    expect(await silent).toBe('')
    await expect.poll(() => gateway.plane.connections).toBe(0)
  })

  it('are counted and logged under the id that their answer names', async () => {
    await using gateway = await startPlane(routeOf(), [], { limits: { maxHeaderBytes: 500, headersTimeoutMs: 200 } })
    const slow = connect(gateway.port, '127.0.0.1')
    let timedOut = ''
    slow.on('data', (chunk) => {
      timedOut += chunk
    })
    slow.write('GET / HTTP/1.1\r\n')
    const head = 'GET / HTTP/1.1\r\nHost: a\r\n'
    const answers = [
      await exchangeBytes(gateway.port, `${head}Expect: tea\r\n\r\n`),
      await exchangeBytes(gateway.port, `${head}X: ${'x'.repeat(600)}\r\n\r\n`),
      await exchangeBytes(gateway.port, `${head}Host: b\r\n\r\n`),
    ]
    await expect.poll(() => timedOut).not.toBe('')
    const seen = [...answers, timedOut].map((answer) => ({
      status: Number(answer.slice(9, 12)),
      requestId: /^x-request-id: (.+)\r$/m.exec(answer)?.[1],
      inBody: /"requestId":"([^"]+)"/.exec(answer)?.[1],
    }))
    expect(gateway.records).toMatchObject([
      { status: 417, code: 'bad-expectation', method: '', requestId: seen[0]?.requestId, clientAddress: '127.0.0.1' },
      { status: 431, code: 'headers-too-large', requestId: seen[1]?.requestId },
      { status: 400, code: 'bad-request', requestId: seen[2]?.requestId },
      { status: 408, code: 'headers-timeout', requestId: seen[3]?.requestId },
    ])
    expect(gateway.records[3]?.durationMs).toBeGreaterThanOrEqual(200)
    for (const { requestId, inBody } of seen) expect(inBody).toBe(requestId)
    expect(new Set(seen.map(({ requestId }) => requestId)).size).toBe(4)
  })

  it('that are no HTTP, or nothing, are closed without an answer, and counted', async () => {
    await using gateway = await startPlane(routeOf(), [], { limits: { headersTimeoutMs: 200 } })
    expect(await exchangeBytes(gateway.port, 'INVALID CONNECTION PREFACE\r\n\r\n')).toBe('')
    expect(await exchangeBytes(gateway.port, `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'x'.repeat(40)}`)).not.toContain(
      'HTTP/1',
    )
    expect(await exchangeBytes(gateway.port, '')).toBe('')
    expect(gateway.closed).toEqual(['no-http', 'http2', 'silent'])
    expect(gateway.records).toEqual([])
  })

  it('beyond the number of connections are closed at once', async () => {
    await using upstream = await startUpstream((_request, response) => response.end('ok'))
    await using gateway = await startPlane(routeOf(), [upstream.port], { limits: { maxConnections: 3 } })
    const sockets = Array.from({ length: 3 }, () => connect(gateway.port, '127.0.0.1'))
    await expect.poll(() => gateway.plane.connections).toBe(3)
    expect(await exchangeBytes(gateway.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('')
    expect(gateway.closed).toEqual(['too-many'])
    for (const socket of sockets) socket.destroy()
  })

  it('from behind a proxy bring their address in a PROXY header, or are closed', async () => {
    let seen: Record<string, unknown> = {}
    await using upstream = await startUpstream((request, response) => {
      seen = request.headers
      response.end('ok')
    })
    await using gateway = await startPlane(routeOf(), [upstream.port], { proxyProtocol: true })
    const request = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
    const answer = await exchangeBytes(gateway.port, `PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\n${request}`)
    expect(answer).toMatch(/200 OK/)
    expect(seen).toMatchObject({ 'x-forwarded-for': '192.0.2.7' })
    expect(await exchangeBytes(gateway.port, request)).toBe('')
    expect(gateway.closed).toEqual(['proxy-header'])
  })
})
