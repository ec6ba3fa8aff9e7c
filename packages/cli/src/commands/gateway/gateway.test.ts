import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { routesCheck, routesCheckName } from '@waypost/gateway'
import { startStore } from '@waypost/testkit'
import { afterEach, describe, expect, test } from 'vitest'
import { connect, type Waypost } from 'waypost'
import { children } from '../../child-pids.test-support.ts'
import { waypost as runWaypost, startWaypost } from '../../waypost.test-support.ts'
import { startCheckedLoad } from './checked-load.test-support.ts'

const checks = { [routesCheckName]: routesCheck }

const ending: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end()
})

interface Shop {
  readonly port: number
  close(): Promise<void>
}

/** An instance whose answers can be checked: they say what was asked. */
async function startInstance(): Promise<Shop> {
  const server = createServer((incoming, response) => {
    let body = ''
    incoming.setEncoding('utf8').on('data', (chunk) => {
      body += chunk
    })
    incoming.on('error', () => {})
    incoming.once('end', () => response.end(`${incoming.method} ${incoming.url} ${body}`))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  ending.push(close)
  return { port: (server.address() as AddressInfo).port, close }
}

const routes = (version: number): string =>
  `routes:\n  shop:\n    path: { prefix: /shop }\n    target: { service: shop }\n    responseHeaders: { set: { x-version: '${version}' } }\n`

async function openStore(): Promise<{ url: string; waypost: Waypost }> {
  const store = await startStore()
  ending.push(() => store.close())
  const waypost = await connect({ endpoints: store.url, env: {}, logger: false, config: { checks } })
  ending.push(() => waypost.close())
  return { url: store.url, waypost }
}

describe('waypost gateway', () => {
  test('drops nothing while instances come and go, routes are swapped, and workers are replaced', async () => {
    const { url, waypost } = await openStore()
    await waypost.config.releases.publish('gateway/routes.yaml', routes(0))
    const first = await startInstance()
    const leaving = await waypost.registry.register({ service: 'shop', id: 's1', host: '127.0.0.1', port: first.port })
    const args = ['gateway', '--port', '0', '--admin-port', '0', '--workers', '2', '--endpoints', url]
    await using gateway = await startWaypost(args)
    const output = await gateway.waitForOutput('Ctrl+C')
    const port = Number(/listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1])
    const admin = /(http:\/\/127\.0\.0\.1:\d+)\/status/.exec(output)?.[1] ?? ''
    const load = startCheckedLoad(port, 8)
    await load.more(100)

    // A new instance, and the old one drains as a deploy does it.
    const second = await startInstance()
    await waypost.registry.register({ service: 'shop', id: 's2', host: '127.0.0.1', port: second.port })
    await load.more(50)
    await leaving.drain()
    await first.close()
    await load.more(100)

    for (let version = 1; version <= 5; version++) {
      await waypost.config.releases.publish('gateway/routes.yaml', routes(version))
      await load.more(20)
    }
    gateway.signal('SIGHUP')
    await expect.poll(() => gateway.stderr).toContain('The workers were replaced')
    await load.more(100)
    const response = await fetch(`http://127.0.0.1:${port}/shop/x`)
    expect(response.headers.get('x-version')).toBe('5')
    await response.text()

    const metrics = await (await fetch(`${admin}/metrics`)).text()
    expect(metrics).toMatch(/waypost_gateway_requests_total\{route="shop",status="200"\} \d+/)
    const top = await runWaypost(['gateway', 'top', '--once', '-w', 'json', '--admin', admin])
    expect(JSON.parse(top.stdout)).toMatchObject({
      routes: [{ route: 'shop', errorsPerSecond: 0, p50Ms: expect.any(Number), p99Ms: expect.any(Number) }],
      instances: [{ service: 'shop', instance: 's2', status: 'up', p99Ms: expect.any(Number) }],
    })
    await load.stop()
    expect(load.failures).toEqual([])
    gateway.signal('SIGTERM')
    expect(await gateway.exited).toMatchObject({ code: 0, signal: null })
  })

  test('goes on with what it knows while the store is away, and replaces a worker that crashes', async () => {
    const store = await startStore()
    const waypost = await connect({ endpoints: store.url, env: {}, logger: false, config: { checks } })
    ending.push(() => waypost.close())
    await waypost.config.releases.publish('gateway/routes.yaml', routes(0))
    const instance = await startInstance()
    await waypost.registry.register({ service: 'shop', id: 's1', host: '127.0.0.1', port: instance.port })
    const args = ['gateway', '--port', '0', '--admin-port', '0', '--workers', '2', '--endpoints', store.url]
    await using gateway = await startWaypost(args)
    const port = Number(/listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(await gateway.waitForOutput('Ctrl+C'))?.[1])
    await store.close()
    const load = startCheckedLoad(port, 4)
    await load.more(100)
    await load.stop()
    expect(load.failures).toEqual([])
    const [worker] = await children(gateway.pid)
    if (worker === undefined) throw new Error('The gateway has no workers.')
    process.kill(worker, 'SIGKILL')
    await expect.poll(() => gateway.stderr).toContain('another one takes its place')
    await expect.poll(async () => (await children(gateway.pid)).length).toBe(2)
    for (let request = 0; request < 10; request++) {
      expect((await fetch(`http://127.0.0.1:${port}/shop/${request}`)).status).toBe(200)
    }
  })

  test('says what is wrong with its options', async () => {
    for (const [args, message] of [
      [['--cert-file', '/nowhere.pem', '--key-file', '/nowhere.key'], '/nowhere.pem'],
      [['--cert-file', 'a.pem'], '--key-file'],
      [['--workers', '0'], 'auto'],
    ] as const) {
      const { code, stderr } = await runWaypost(['gateway', ...args, '--endpoints', 'http://127.0.0.1:1'])
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
    }
    const { code, stderr } = await runWaypost(['gateway', 'top', '--admin', 'http://127.0.0.1:1'])
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('--admin') })
  })
})
