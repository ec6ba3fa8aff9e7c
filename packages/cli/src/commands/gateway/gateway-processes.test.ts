import { copyFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { Agent, get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { routesCheck, routesCheckName } from '@waypost/gateway'
import { type Authority, makeAuthority, type Program, startStore } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Waypost } from 'waypost'
import { waypost as runWaypost, startWaypost } from '../../waypost.test-support.ts'

const ending: (() => unknown)[] = []
let authority: Authority
let storeUrl: string
let waypost: Waypost
/** Two gateways on one store: one has its certificates in files, the other one in the store. */
let ofFiles: Gateway
let ofStore: Gateway
let certFile: string
let keyFile: string

/** What the instance was sent last; and requests to `/slow`, which wait for an answer. */
let seen: IncomingMessage['headers'] = {}
const slow: (() => void)[] = []
/** Who decides about requests to `/guarded`. */
let isGuardAway = false

interface Gateway {
  readonly program: Program
  readonly port: number
}

async function startGateway(args: readonly string[], env: Record<string, string> = {}): Promise<Gateway> {
  const all = ['gateway', '--port', '0', '--admin-port', '0', '--workers', '2', '--endpoints', storeUrl, ...args]
  const program = await startWaypost(all, { env })
  ending.push(() => program.kill())
  const output = await program.waitForOutput('Ctrl+C')
  return { program, port: Number(/listens on https:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1]) }
}

const listen = async (server: ReturnType<typeof createServer>): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ending.push(() => server.close())
  ending.push(() => server.closeAllConnections())
  return (server.address() as AddressInfo).port
}

const certificates = async (): Promise<string> => {
  const pairs = await Promise.all(['shop.example.com', 'api.example.com'].map((name) => authority.issue(name)))
  return JSON.stringify({ certificates: pairs.map(({ cert, key }) => ({ cert: String(cert), key: String(key) })) })
}

beforeAll(async () => {
  authority = await makeAuthority()
  ending.push(() => authority[Symbol.asyncDispose]())
  const store = await startStore()
  ending.push(() => store.close())
  storeUrl = store.url
  const config = { checks: { [routesCheckName]: routesCheck } }
  waypost = await connect({ endpoints: store.url, env: {}, logger: false, config })
  ending.push(() => waypost.close())
  const port = await listen(
    createServer((request, response) => {
      seen = request.headers
      if (request.url === '/slow') slow.push(() => response.end('slow'))
      else response.end('ok')
    }),
  )
  const guard = await listen(
    createServer((request, response) => {
      if (isGuardAway) request.socket.destroy()
      else if (request.headers.cookie === 'user=mei') response.setHeader('x-user', 'mei').end()
      else response.writeHead(302, { location: 'https://login.example.com/' }).end()
    }),
  )
  await waypost.registry.register({ service: 'shop', id: 's1', host: '127.0.0.1', port })
  await waypost.config.set(
    'gateway/routes.yaml',
    `
policies:
  guard: { forwardAuth: { url: 'http://127.0.0.1:${guard}/check', identityHeaders: [x-user], timeoutMs: 2000 } }
  few: { rate: { limit: 5, intervalMs: 600000, by: route, shared: true } }
routes:
  shop: { target: { service: shop } }
  guarded: { path: { prefix: /guarded }, policies: [guard], target: { service: shop } }
  few: { path: { prefix: /few }, policies: [few], target: { service: shop } }
  slow:
    path: { exact: /slow }
    target: { service: shop }
    limits: { concurrency: { max: 1, queue: 1, queueMs: 600000 } }
`,
  )
  await waypost.config.set('gateway/certificates.yaml', await certificates())
  const first = await authority.issue('shop.example.com')
  const second = await authority.issue('api.example.com')
  ;({ certFile, keyFile } = first)
  const tracing = fileURLToPath(new URL('../../../../gateway/test/fixtures/tracing.mjs', import.meta.url))
  const files = ['--cert-file', `${certFile},${second.certFile}`, '--key-file', `${keyFile},${second.keyFile}`]
  ;[ofFiles, ofStore] = await Promise.all([
    startGateway([...files, '--traces', '--workers', '1'], { NODE_OPTIONS: `--import ${tracing}` }),
    startGateway(['--certificates', 'gateway/certificates.yaml']),
  ])
})

afterAll(async () => {
  for (const end of ending.reverse()) await end()
})

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

function ask(
  { port }: Gateway,
  path: string,
  headers: Record<string, string> = {},
  agent: Agent | false = false,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path, headers, agent, servername: 'shop.example.com', ca: authority.ca }
    get(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }))
    }).on('error', reject)
  })
}

/** The serial number of the certificate for a name, on a new connection. */
function serialOf({ port }: Gateway, servername: string): Promise<string> {
  const options: ConnectionOptions = { port, host: '127.0.0.1', servername, ca: authority.ca }
  return new Promise((resolve, reject) => {
    const socket = connectTls(options, () => {
      resolve(socket.getPeerCertificate().serialNumber)
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

/** Asks all the time, on new connections and on ones that are kept alive, and notes what fails. */
function startAsking(gateway: Gateway) {
  const failures: string[] = []
  let asked = 0
  let isOver = false
  const kept = new Agent({ keepAlive: true })
  const loops = [kept, false as const, false as const].map(async (agent) => {
    while (!isOver) {
      asked += 1
      const answer = await ask(gateway, '/', {}, agent).catch((error: unknown) => ({ status: String(error) }))
      if (answer.status !== 200) failures.push(String(answer.status))
    }
  })
  return {
    failures,
    more: async (count: number): Promise<void> => {
      const until = asked + count
      await expect.poll(() => asked).toBeGreaterThan(until)
    },
    stop: async (): Promise<void> => {
      isOver = true
      await Promise.all(loops)
      kept.destroy()
    },
  }
}

describe('certificates', () => {
  test('in files are read again when they change, at SIGHUP at once, and stay when they are wrong', async () => {
    const other = await serialOf(ofFiles, 'api.example.com')
    const asking = startAsking(ofFiles)
    const renew = async (): Promise<string> => {
      const before = await serialOf(ofFiles, 'shop.example.com')
      const renewed = await authority.issue('shop.example.com')
      await copyFile(renewed.certFile, certFile)
      await copyFile(renewed.keyFile, keyFile)
      return before
    }
    const first = await renew()
    await expect.poll(() => serialOf(ofFiles, 'shop.example.com')).not.toBe(first)
    const second = await renew()
    ofFiles.program.signal('SIGHUP')
    await expect.poll(() => ofFiles.program.stderr).toContain('The workers were replaced')
    const third = await serialOf(ofFiles, 'shop.example.com')
    expect(third).not.toBe(second)

    // One that was read between its two files may have been told of already.
    const notices = (): number => ofFiles.program.stderr.split('The old certificates stay in use').length
    const before = notices()
    await writeFile(certFile, 'no certificate')
    await expect.poll(notices).toBeGreaterThan(before)
    expect(await serialOf(ofFiles, 'shop.example.com')).toBe(third)
    expect(await serialOf(ofFiles, 'api.example.com')).toBe(other)
    await asking.more(20)
    await asking.stop()
    expect(asking.failures).toEqual([])
  })

  test('in the store are followed, by name, and stay when they are wrong', async () => {
    const names = ['shop.example.com', 'api.example.com']
    const serials = (): Promise<string[]> => Promise.all(names.map((name) => serialOf(ofStore, name)))
    const before = await serials()
    const asking = startAsking(ofStore)
    await waypost.config.set('gateway/certificates.yaml', await certificates())
    await expect.poll(async () => (await serials()).filter((serial) => before.includes(serial))).toEqual([])
    const after = await serials()
    expect(new Set(after).size).toBe(2)
    await waypost.config.set('gateway/certificates.yaml', 'certificates: [{ cert: none, key: none }]')
    await expect.poll(() => ofStore.program.stderr).toContain('The old certificates stay in use')
    expect(await serials()).toEqual(after)
    await asking.more(20)
    await asking.stop()
    expect(asking.failures).toEqual([])
  })
})

describe('policies', () => {
  test('ask another program, and refuse while it does not answer', async () => {
    const cookie = { cookie: 'user=mei', 'x-user': 'root' }
    expect(await ask(ofFiles, '/guarded', cookie)).toMatchObject({ status: 200 })
    expect(seen['x-user']).toBe('mei')
    const refused = await ask(ofFiles, '/guarded')
    expect([refused.status, refused.headers.location]).toEqual([302, 'https://login.example.com/'])
    isGuardAway = true
    const unknown = await ask(ofFiles, '/guarded', cookie)
    expect([unknown.status, JSON.parse(unknown.text)]).toMatchObject([503, { code: 'auth-unavailable' }])
    isGuardAway = false
    expect(await ask(ofFiles, '/guarded', cookie)).toMatchObject({ status: 200 })
  })

  test('let so many requests be in progress, one wait, and refuse the next', async () => {
    const first = ask(ofFiles, '/slow')
    await expect.poll(() => slow.length).toBe(1)
    const others = [ask(ofFiles, '/slow'), ask(ofFiles, '/slow')]
    // One of the two waits; the other one is answered at once, while the first is still in progress.
    const refused = await Promise.race(others)
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.text)]).toMatchObject([
      503,
      expect.any(String),
      { code: 'overloaded' },
    ])
    expect(slow).toHaveLength(1)
    slow[0]?.()
    expect(await first).toMatchObject({ status: 200 })
    await expect.poll(() => slow.length).toBe(2)
    slow[1]?.()
    const statuses = (await Promise.all(others)).map(({ status }) => status)
    expect(statuses.sort()).toEqual([200, 503])
  })

  test('count a shared rate over all processes of all gateways', async () => {
    const statuses: (number | undefined)[] = []
    for (let count = 0; count < 9; count++) {
      statuses.push((await ask(count % 2 === 0 ? ofFiles : ofStore, '/few')).status)
    }
    expect(statuses).toEqual([...Array(5).fill(200), ...Array(4).fill(429)])
  })
})

test('traces go through the gateway, by the OpenTelemetry that its processes load', async () => {
  const trace = 'a'.repeat(32)
  await ask(ofFiles, '/traced', { traceparent: `00-${trace}-${'b'.repeat(16)}-01` })
  await ofFiles.program.waitForOutput(JSON.stringify({ span: 'GET shop', trace }))
  expect(String(seen.traceparent).slice(0, 36)).toBe(`00-${trace}-`)
  expect(String(seen.traceparent)).not.toContain('b'.repeat(16))
})

test('wrong routes are refused by `config publish`, directly and through the hub', async () => {
  const hub = await startWaypost(['hub', '--port', '0', '--endpoints', storeUrl])
  ending.push(() => hub.kill())
  const hubUrl = /http:\/\/127\.0\.0\.1:\d+/.exec(await hub.waitForOutput('Ctrl+C'))?.[0] ?? ''
  const wrong = 'routes:\n  shop:\n    policies: [nobody]\n    target: { service: shop }\n'
  const publish = ['config', 'publish', 'gateway/routes.yaml']
  for (const where of [
    ['--endpoints', storeUrl],
    ['--hub', hubUrl],
  ]) {
    const { code, stderr } = await runWaypost([...publish, ...where], { stdin: wrong })
    expect(code, where.join(' ')).not.toBe(0)
    expect(stderr, where.join(' ')).toContain(
      'gateway/routes.yaml:3:16: routes.shop.policies.0: There is no policy nobody',
    )
  }
  expect(await ask(ofFiles, '/')).toMatchObject({ status: 200 })
})
