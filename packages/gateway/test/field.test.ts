import { once } from 'node:events'
import { createServer as createHttpServer, type Server } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { EtcdClient } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { Registry, type ServiceView } from '@waypost/registry'
import { patienceMs, startStore } from '@waypost/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { proxyAction, routeOf, startPlane, startUpstream } from '../src/data-plane.test-support.ts'
import { createGateway } from '../src/gateway.ts'
import type { ToWorker } from '../src/workers/messages.ts'
import { SharedViews } from '../src/workers/shared-views.ts'

const ending: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end()
})

/** How many connections a server has. */
function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}

describe('what users of other gateways ran into', () => {
  it('keeps the health of an instance over every change of the list that it is in', async () => {
    const store = await startStore()
    const etcd = new EtcdClient({ endpoints: store.url, timeoutMs: patienceMs })
    const registry = new Registry(etcd)
    const config = new ConfigCenter(etcd)
    ending.push(async () => {
      await Promise.all([registry.close(), config.close()])
      await etcd.close()
      await store.close()
    })
    let broken = 0
    const bad = createServer((socket) => {
      broken += 1
      socket.on('error', () => {})
      socket.once('data', () => socket.destroy())
    })
    await new Promise<void>((resolve) => bad.listen(0, '127.0.0.1', resolve))
    ending.push(() => bad.close())
    const good = await startUpstream((_request, response) => response.end('good'))
    ending.push(() => good[Symbol.asyncDispose]())
    const host = '127.0.0.1'
    await registry.register({ service: 'shop', id: 'bad', host, port: (bad.address() as AddressInfo).port })
    const registration = await registry.register({ service: 'shop', id: 'good', host, port: Number(good.port) })
    const routes = { routes: { shop: { target: { service: 'shop', algorithm: 'round-robin' as const } } } }
    await using gateway = await createGateway({ waypost: { registry, config }, routes, timeoutMs: patienceMs })
    const port = await gateway.listen({ port: 0 })
    const ask = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/`)).status
    for (let request = 0; request < 30; request++) expect(await ask()).toBe(200)
    expect(broken).toBeGreaterThanOrEqual(5)
    const known = broken
    // Each of these gives the gateway a new list.
    for (let change = 1; change <= 5; change++) {
      await registration.update({ weight: 1 + change })
      await registry.register({ service: 'shop', id: `more-${change}`, host, port: Number(good.port) })
      await expect.poll(() => gateway.status().services[0]?.instances).toHaveLength(2 + change)
      for (let request = 0; request < 10; request++) expect(await ask()).toBe(200)
    }
    expect(broken).toBe(known)
    expect(new Set(gateway.status().services[0]?.instances.map(({ id }) => id)).size).toBe(7)
  })

  it('leaves nothing behind of what was repeated, timed out, refused by a breaker, or broken off', async () => {
    let asked = 0
    const upstream = await startUpstream((request, response) => {
      asked += 1
      request.resume()
      if (request.url === '/late') return
      // Failures whose bodies come in parts, and are not read by anybody when the request is repeated.
      response.writeHead(request.url === '/busy' ? 503 : 500)
      response.write('x'.repeat(20_000))
      setImmediate(() => response.end('y'.repeat(20_000)))
    })
    ending.push(() => upstream[Symbol.asyncDispose]())
    const action = proxyAction({
      timeouts: { connectMs: 1_000, headersMs: 150, idleMs: 1_000, tryMs: undefined, totalMs: 400 },
      breaker: { failureShare: 0.9, minRequests: 100, windowMs: 60_000, openMs: 100 },
    })
    await using gateway = await startPlane(routeOf({ action }), [upstream.port], { upstreamKeepAliveMs: 200 })
    const ask = async (path: string): Promise<number> => {
      const response = await fetch(gateway.url + path)
      await response.arrayBuffer()
      return response.status
    }
    const statuses = new Set<number>()
    for (let round = 0; round < 15; round++) {
      const paths = Array.from({ length: 10 }, (_, index) => (index === 0 ? '/late' : index < 6 ? '/busy' : '/broken'))
      for (const status of await Promise.all(paths.map(ask))) statuses.add(status)
      const giveUp = new AbortController()
      const given = fetch(`${gateway.url}/late`, { signal: giveUp.signal })
      giveUp.abort()
      await expect(given).rejects.toThrow()
    }
    expect(statuses).toEqual(new Set([500, 503, 504]))
    expect(asked).toBeGreaterThan(100)
    await expect.poll(() => gateway.plane.inFlight).toBe(0)
    await expect.poll(() => connectionsOf(upstream.server)).toBe(0)
    expect(gateway.plane.core.admission.queued).toBe(0)
  })

  it('leaves nothing behind of two hundred WebSockets, however they end', async () => {
    const http = createHttpServer()
    const server = new WebSocketServer({ server: http })
    server.on('connection', (socket, { url }) => {
      socket.on('error', () => {})
      if (url === '/close') socket.close()
      if (url === '/terminate') socket.terminate()
    })
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    ending.push(() => {
      server.close()
      http.closeAllConnections()
      return new Promise((resolve) => http.close(resolve))
    })
    await using gateway = await startPlane(routeOf(), [String((http.address() as AddressInfo).port)])
    const endings = ['/close', '/terminate', '/mine', '/lost']
    const one = async (path: string): Promise<void> => {
      const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`)
      socket.on('error', () => {})
      await once(socket, 'open')
      if (path === '/mine') socket.close()
      if (path === '/lost') socket.terminate()
      if (socket.readyState !== WebSocket.CLOSED) await once(socket, 'close')
    }
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 40 }, (_, index) => one(endings[index % 4] ?? '')))
    }
    await expect.poll(() => gateway.plane.inFlight).toBe(0)
    await expect.poll(() => gateway.plane.connections).toBe(0)
    await expect.poll(() => connectionsOf(http)).toBe(0)
    expect(gateway.records).toHaveLength(200)
  })

  it('says at once that a body parser has read the body, and takes requests without one', async () => {
    await using store = await startStore()
    await using etcd = new EtcdClient({ endpoints: store.url, timeoutMs: patienceMs })
    await using registry = new Registry(etcd)
    await using config = new ConfigCenter(etcd)
    const routes = { routes: { here: { answer: { body: 'here' } } } }
    await using gateway = await createGateway({ waypost: { registry, config }, routes, timeoutMs: patienceMs })
    const server = createHttpServer(async (request, response) => {
      for await (const _ of request);
      gateway.handler(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ending.push(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const read = await fetch(url, { method: 'POST', body: '{"a":1}' })
    expect(read.status).toBe(500)
    expect(await read.json()).toMatchObject({ code: 'body-already-read', requestId: expect.stringMatching(/./) })
    expect(await (await fetch(url)).text()).toBe('here')
  })

  it('follows a service once in the store, however many processes serve it', async () => {
    let opened = 0
    let closed = 0
    const view = {
      isReady: true,
      ready: Promise.resolve(),
      instances: [],
      async *changes() {},
      close: async () => {
        closed += 1
      },
    }
    const views = new SharedViews(
      async () => {
        opened += 1
        return view as unknown as ServiceView
      },
      () => {},
    )
    const readers = Array.from({ length: 8 }, () => {
      const told: ToWorker[] = []
      return { told, tell: (message: ToWorker) => told.push(message) }
    })
    const target = { key: 'shop', service: 'shop', where: undefined, balance: {} }
    for (const reader of readers) views.follow(target, reader)
    await expect.poll(() => readers.every(({ told }) => told.length > 0)).toBe(true)
    expect(opened).toBe(1)
    for (const reader of readers.slice(1)) views.leave(reader)
    expect(closed).toBe(0)
    for (const reader of readers.slice(0, 1)) views.leave(reader)
    await expect.poll(() => closed).toBe(1)
  })
})
