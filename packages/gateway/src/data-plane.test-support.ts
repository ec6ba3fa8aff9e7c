import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { type Instance, readInstance } from '@waypost/registry'
import { LoadBalancer, resolveBalance } from '@waypost/registry/balance'
import { DataPlane, type DataPlaneOptions } from './data-plane.ts'
import type { ExchangeRecord } from './proxy/exchange-record.ts'
import type { RequestFacts } from './request/request-facts.ts'
import { defaultPathRules } from './request/request-target.ts'
import type { ProxyAction, Route, RouteTable } from './routes/route.ts'
import type { Target } from './routes/target.ts'
import type { TargetView, ViewChanges } from './upstream/target-view.ts'

/** A view of instances that the test names. */
export class FixedView implements TargetView {
  readonly isReady = true
  readonly ready = Promise.resolve()
  readonly staleSince = undefined
  instances: readonly Instance[] = []
  readonly #balancer = new LoadBalancer(resolveBalance({ slowStartMs: 0 }, 'round-robin'))
  readonly #waiting: ((changes: ViewChanges) => void)[] = []

  set(service: string, addresses: readonly (string | Record<string, unknown>)[]): void {
    const next = addresses.map((address, index) => instanceOf(service, address, index))
    const removed = this.instances.filter((old) => !next.some(({ key }) => key === old.key))
    for (const { key } of removed) this.#balancer.delete(key)
    for (const instance of next) this.#balancer.set(instance)
    this.instances = next
    for (const tell of this.#waiting.splice(0))
      tell({ removed: removed.map((instance) => ({ instance })), changed: [] })
  }

  pick: TargetView['pick'] = (options) => this.#balancer.pick(options)
  begin: TargetView['begin'] = (instance) => this.#balancer.begin(instance)
  end: TargetView['end'] = (instance, outcome) => this.#balancer.end(instance, outcome)

  async *changes(): AsyncIterable<ViewChanges> {
    for (;;) yield await new Promise<ViewChanges>((resolve) => this.#waiting.push(resolve))
  }

  async close(): Promise<void> {
    this.#balancer.close()
  }
}

function instanceOf(service: string, address: string | Record<string, unknown>, index: number): Instance {
  const record = typeof address === 'string' ? { host: '127.0.0.1', port: Number(address), id: address } : address
  const id = String(record.id ?? index)
  const read = readInstance(`/services/${service}/${id}`, Buffer.from(JSON.stringify({ status: 'up', ...record })), 1n)
  if (read.instance === undefined) throw new Error('That is no instance.')
  return read.instance
}

export const target: Target = {
  key: 'shop',
  service: 'shop',
  where: undefined,
  balance: {},
  protocol: 'auto',
}

export function proxyAction(changes: Partial<ProxyAction> = {}): ProxyAction {
  return {
    kind: 'proxy',
    targets: [target],
    choose: () => ({ target, reason: 'target' }),
    rewrite: ({ path, search }) => path + search,
    host: { kind: 'client' },
    mirror: undefined,
    timeouts: { connectMs: 1_000, headersMs: 30_000, idleMs: 30_000, tryMs: undefined, totalMs: undefined },
    retries: {
      attempts: 2,
      on: new Set(['connect', 'reset', '502', '503', '504']),
      methods: new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']),
      budgetShare: 0.2,
      budgetMinPerSecond: 10,
    },
    breaker: undefined,
    fallback: undefined,
    webSocket: true,
    ...changes,
  }
}

export function routeOf(changes: Partial<Route> = {}): Route {
  const none = { remove: [], set: [], add: [] }
  return {
    name: 'shop',
    policies: [],
    action: proxyAction(),
    requestHeaders: none,
    responseHeaders: none,
    limits: { maxBodyBytes: undefined },
    ...changes,
  }
}

/** A table in which one route takes everything, or the one that `choose` names. */
export function tableOf(
  routes: readonly Route[],
  choose: (request: RequestFacts) => Route | undefined = () => routes[0],
): RouteTable {
  const targets = routes.flatMap(({ action }) => (action.kind === 'proxy' ? action.targets : []))
  return {
    version: String(Math.random()),
    routes,
    targets,
    policies: [],
    pathRules: defaultPathRules,
    close: () => {},
    isIdentityHeader: (name) => name === 'x-user',
    match: (request) => {
      const route = choose(request)
      return route && { route, params: {} }
    },
  }
}

export interface TestPlane extends AsyncDisposable {
  readonly plane: DataPlane
  readonly view: FixedView
  readonly url: string
  readonly port: number
  readonly records: ExchangeRecord[]
  /** Why connections were closed on which no request could be read. */
  readonly closed: string[]
}

export async function startPlane(
  route: Route,
  addresses: readonly (string | Record<string, unknown>)[],
  options: Partial<DataPlaneOptions> = {},
): Promise<TestPlane> {
  const view = new FixedView()
  view.set('shop', addresses)
  const records: ExchangeRecord[] = []
  const closed: string[] = []
  const plane = new DataPlane({
    openView: () => Promise.resolve(view),
    observer: { end: (record) => records.push(record), tried: () => {}, closed: (reason) => closed.push(reason) },
    ...options,
  })
  plane.setTable(tableOf([route]))
  const port = await plane.listen(0, '127.0.0.1')
  return {
    plane,
    view,
    records,
    closed,
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => plane.close(),
  }
}

export interface TestUpstream extends AsyncDisposable {
  readonly server: Server
  readonly port: string
}

export async function startUpstream(listener: RequestListener): Promise<TestUpstream> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  return {
    server,
    port: String(address.port),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Sends bytes as they are, and resolves with all that comes back until the other side closes. */
export async function exchangeBytes(port: number, bytes: string | Buffer, endAfter?: RegExp): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1')
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
    if (endAfter?.test(received)) socket.destroy()
  })
  socket.on('error', () => {})
  socket.write(bytes)
  await new Promise((resolve) => socket.once('close', resolve))
  return received
}
