import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { deferred } from '@waypost/core'
import { describe, expect, it } from 'vitest'
import { exchangeBytes, proxyAction, routeOf, startPlane, startUpstream } from '../data-plane.test-support.ts'
import type { Policy, PolicyDecision } from '../policies/policy.ts'

describe('proxying over HTTP/1.1', () => {
  it('brings request and answer across, whatever their bodies', async () => {
    await using upstream = await startUpstream((request, response) => {
      response.writeHead(201, { 'x-method': request.method, 'set-cookie': ['a=1', 'b=2'] })
      request.pipe(response)
    })
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const body = 'x'.repeat(300_000)
    const response = await fetch(`${gateway.url}/a?b=1`, { method: 'POST', body })
    expect(response.status).toBe(201)
    expect(response.headers.get('x-method')).toBe('POST')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await response.text()).toBe(body)
    await expect.poll(() => gateway.records).toHaveLength(1)
    expect(gateway.records[0]).toMatchObject({
      status: 201,
      route: 'shop',
      instance: upstream.port,
      bytesReceived: 300_000,
      bytesSent: 300_000,
      tries: 1,
    })
    const bytes = Buffer.from(Array.from({ length: 1_024 }, (_, index) => index % 256))
    const echoed = await fetch(gateway.url, { method: 'POST', body: bytes })
    expect(Buffer.from(await echoed.arrayBuffer()).equals(bytes)).toBe(true)
    const empty = await fetch(gateway.url, { method: 'HEAD' })
    expect([empty.status, await empty.text()]).toEqual([201, ''])
  })

  it('cuts the headers of a connection in both directions, and adds its own', async () => {
    let seen: Record<string, unknown> = {}
    await using upstream = await startUpstream((request, response) => {
      seen = request.headers
      response.writeHead(200, ['Connection', 'x-secret', 'X-Secret', '1', 'Proxy-Authenticate', 'Basic', 'X-Kept', '1'])
      response.end('ok')
    })
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const answer = await exchangeBytes(
      gateway.port,
      'GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close, x-hop, x-forwarded-for, x-request-id, authorization\r\n' +
        'X-Hop: 1\r\nAuthorization: Bearer t\r\nX-User: root\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n' +
        'X-Real-IP: 6.6.6.6\r\nX-Request-Id: mine\r\nTE: trailers\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(answer).toMatch(/x-kept: 1/i)
    expect(answer).not.toMatch(/x-secret|proxy-authenticate/i)
    expect(seen).toMatchObject({
      host: 'shop.example',
      authorization: 'Bearer t',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'shop.example',
      'x-request-id': expect.stringMatching(/-1$/),
    })
    for (const name of ['x-hop', 'x-user', 'forwarded', 'x-real-ip', 'te']) expect(seen).not.toHaveProperty(name)
  })

  it('keeps from the instance what a policy takes out, and adds to Vary', async () => {
    let seen: Record<string, unknown> = {}
    await using upstream = await startUpstream((request, response) => {
      seen = request.headers
      response.writeHead(200, { vary: 'accept', 'x-set': 'instance' }).end()
    })
    const policy: Policy = {
      name: 'key',
      kind: 'api-key',
      identityHeaders: [],
      check: () => ({
        kind: 'continue',
        removeRequestHeaders: ['x-api-key'],
        requestHeaders: { 'x-user': 'ann' },
        responseHeaders: { vary: 'origin', 'x-set': 'policy' },
      }),
      close: () => {},
    }
    await using gateway = await startPlane(routeOf({ policies: [policy] }), [upstream.port])
    const response = await fetch(gateway.url, { headers: { 'X-Api-Key': 'secret', 'x-user': 'root' } })
    expect(seen).toMatchObject({ 'x-user': 'ann' })
    expect(seen).not.toHaveProperty('x-api-key')
    expect([response.headers.get('vary'), response.headers.get('x-set')]).toEqual(['accept, origin', 'policy'])
  })

  it('sends no header of a policy that would be read as more than one', async () => {
    let requests = 0
    await using upstream = await startUpstream((_request, response) => {
      requests += 1
      response.end()
    })
    for (const headers of [{ 'x-user': 'ann\r\nx-admin: 1' }, { 'x-user': 'an\u010dn' }, { 'x user': 'ann' }]) {
      const check = (): PolicyDecision => ({ kind: 'continue', requestHeaders: headers })
      const policy: Policy = { name: 'own', kind: 'own', identityHeaders: [], check, close: () => {} }
      await using gateway = await startPlane(routeOf({ policies: [policy] }), [upstream.port])
      const response = await fetch(gateway.url)
      expect([response.status, await response.json()]).toMatchObject([500, { code: 'policy-failed' }])
    }
    expect(requests).toBe(0)
  })

  it('believes trusted proxies alone', async () => {
    let seen: Record<string, unknown> = {}
    await using upstream = await startUpstream((request, response) => {
      seen = request.headers
      response.end()
    })
    await using gateway = await startPlane(routeOf(), [upstream.port], {
      trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'],
    })
    await fetch(gateway.url, {
      headers: {
        'x-forwarded-for': '6.6.6.6, 192.0.2.7, 10.1.1.1',
        'x-forwarded-proto': 'https',
        'x-request-id': 'up-1',
      },
    })
    expect(seen).toMatchObject({
      'x-forwarded-for': '6.6.6.6, 192.0.2.7, 10.1.1.1, 127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-request-id': 'up-1',
    })
    await expect.poll(() => gateway.records).toHaveLength(1)
    // 6.6.6.6 is only what somebody untrusted wrote.
    expect(gateway.records[0]).toMatchObject({ clientAddress: '192.0.2.7', scheme: 'https' })
  })

  it('tells the instance at once that the client went away', async () => {
    const aborted = deferred()
    await using upstream = await startUpstream((request, response) => {
      response.write('first')
      response.once('close', () => aborted.resolve())
      request.resume()
    })
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const request = httpRequest(gateway.url).end()
    const [response] = await once(request, 'response')
    await once(response, 'data')
    response.on('error', () => {})
    request.destroy()
    await aborted.promise
    await expect.poll(() => gateway.records).toHaveLength(1)
    expect(gateway.records[0]).toMatchObject({ status: 200, code: 'client-gone' })
  })

  it('tells the client at once that the instance went away in the middle of an answer', async () => {
    await using upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('first', () => response.destroy())
    })
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const response = await fetch(gateway.url)
    await expect(response.text()).rejects.toThrow()
    expect((await fetch(gateway.url)).status).toBe(200)
    expect(gateway.records.at(0)).toMatchObject({ code: 'answer-broken' })
  })

  it('takes no more from the instance than the client reads, and no more from the client than the instance reads', async () => {
    let sent = 0
    let received = 0
    await using upstream = await startUpstream((request, response) => {
      if (request.method === 'POST') {
        request.on('data', (chunk: Buffer) => {
          received += chunk.length
          if (received > 100_000) request.pause()
        })
        return
      }
      const more = (): void => {
        while (sent < 200_000_000 && !response.destroyed) {
          sent += 65_536
          if (!response.write(Buffer.alloc(65_536))) {
            response.once('drain', more)
            return
          }
        }
      }
      more()
    })
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const download = httpRequest(gateway.url).end()
    const [answer] = await once(download, 'response')
    answer.pause()
    answer.on('error', () => {})
    const upload = httpRequest(gateway.url, { method: 'POST' })
    upload.on('error', () => {})
    let written = 0
    const push = (): void => {
      while (written < 200_000_000 && !upload.destroyed) {
        written += 65_536
        if (!upload.write(Buffer.alloc(65_536))) {
          upload.once('drain', push)
          return
        }
      }
    }
    push()
    const settled = async (value: () => number): Promise<number> => {
      let before = -1
      await expect
        .poll(
          () => {
            const now = value()
            const isSame = now === before && now > 0
            before = now
            return isSame
          },
          { interval: 200 },
        )
        .toBe(true)
      return value()
    }
    expect(await settled(() => sent)).toBeLessThan(30_000_000)
    expect(await settled(() => written)).toBeLessThan(30_000_000)
    download.destroy()
    upload.destroy()
  })

  it('passes trailers on', async () => {
    await using upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { trailer: 'x-sum' })
      response.write('body')
      response.addTrailers({ 'x-sum': '42' })
      response.end()
    })
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const request = httpRequest(gateway.url).end()
    const [response] = await once(request, 'response')
    response.resume()
    await once(response, 'end')
    expect(response.trailers).toEqual({ 'x-sum': '42' })
  })

  it('passes trailers of a request on', async () => {
    const seen: unknown[] = []
    await using upstream = await startUpstream((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        seen.push(body, request.trailers)
        response.end('ok')
      })
    })
    await using gateway = await startPlane(routeOf(), [upstream.port])
    const request = httpRequest(gateway.url, { method: 'POST', headers: { trailer: 'x-sum' } })
    request.write('body')
    request.addTrailers({ 'x-sum': '42' })
    request.end()
    const [response] = await once(request, 'response')
    response.resume()
    expect(response.statusCode).toBe(200)
    expect(seen).toEqual(['body', { 'x-sum': '42' }])
  })

  it('asks a client that waits for 100 to go on, but only when the request is sent on', async () => {
    await using upstream = await startUpstream((request, response) => request.pipe(response))
    await using gateway = await startPlane(routeOf({ limits: { maxBodyBytes: 10 } }), [upstream.port])
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: '
    expect(await exchangeBytes(gateway.port, `${head}11\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 /)
    const accepted = await exchangeBytes(gateway.port, `${head}2\r\n\r\nhi`)
    expect(accepted).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/)
  })

  it('limits bodies whose length nobody said', async () => {
    await using upstream = await startUpstream((request, response) => {
      request.resume()
      request.once('end', () => response.end('ok'))
    })
    await using gateway = await startPlane(routeOf({ limits: { maxBodyBytes: 1_000 } }), [upstream.port])
    const chunk = `3e8\r\n${'x'.repeat(1_000)}\r\n`
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
    const answer = await exchangeBytes(gateway.port, head + chunk + chunk)
    expect(answer).toMatch(/^HTTP\/1.1 413 .*\r\nconnection: close\r\n/is)
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ code: 'body-too-large', status: 413 })
  })

  it('answers 502, 503 and 504 where each is due, with a problem document', async () => {
    await using silent = await startUpstream(() => {})
    await using breaking = await startUpstream((request) => request.socket.destroy())
    const timeouts = { connectMs: 500, headersMs: 150, idleMs: undefined, tryMs: undefined, totalMs: undefined }
    await using gateway = await startPlane(routeOf({ action: proxyAction({ timeouts }) }), [])
    const ask = async (addresses: string[]): Promise<unknown> => {
      gateway.view.set('shop', addresses)
      const response = await fetch(gateway.url, { method: 'POST', body: 'x' })
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      const problem: unknown = await response.json()
      expect(problem).toMatchObject({ requestId: response.headers.get('x-request-id'), status: response.status })
      return [response.status, problem]
    }
    expect(await ask([])).toMatchObject([503, { code: 'no-instance' }])
    expect(await ask(['1'])).toMatchObject([502, { code: 'upstream-unreachable' }])
    expect(await ask([breaking.port])).toMatchObject([502, { code: 'upstream-reset' }])
    expect(await ask([silent.port])).toMatchObject([504, { code: 'upstream-timeout' }])
  })
})
