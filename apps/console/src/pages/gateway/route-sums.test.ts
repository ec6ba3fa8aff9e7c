import { expect, test } from 'vitest'
import { type Gateway, milliseconds, rate, sumInstances, sumRoutes } from './route-sums.ts'

const route = (name: string, requestsPerSecond: number, errorsPerSecond = 0) => ({
  name,
  kind: 'proxy',
  services: [name],
  policies: [],
  requestsPerSecond,
  errorsPerSecond,
})

function gateway(process: string, routes: Gateway['routes']): Gateway {
  const document = { path: 'gateway/routes.yaml', revision: '7', problems: [] }
  const at = '2026-01-01T00:00:00Z'
  return {
    process,
    instance: process,
    host: 'h',
    pid: 1,
    startedAt: at,
    at,
    document,
    inFlight: 0,
    connections: 0,
    routes,
    routeCount: routes.length,
  }
}

test('sums what each gateway says, the busiest route first', () => {
  const sums = sumRoutes([gateway('a', [route('shop', 2, 1), route('api', 1)]), gateway('b', [route('api', 4)])])
  expect(sums).toMatchObject([
    { name: 'api', requestsPerSecond: 5, gateways: 2 },
    { name: 'shop', requestsPerSecond: 2, errorsPerSecond: 1, gateways: 1 },
  ])
})

test('tells the latencies that the slowest gateway sees, and which instance one of them doubts', () => {
  const instance = (status: string, p50Ms?: number) => ({
    service: 'shop',
    instance: 's1',
    address: '10.0.0.1:80',
    status,
    requestsPerSecond: 2,
    failuresPerSecond: 0.5,
    ...(p50Ms === undefined ? {} : { p50Ms, p99Ms: 10 * p50Ms }),
  })
  const gateways = [
    { ...gateway('a', [{ ...route('shop', 2), p50Ms: 3, p99Ms: 20 }]), instances: [instance('suspect', 1)] },
    { ...gateway('b', [{ ...route('shop', 2), p50Ms: 1, p99Ms: 40 }]), instances: [instance('up', 4)] },
    { ...gateway('c', [route('shop', 0)]), instances: [instance('up')] },
  ]
  expect(sumRoutes(gateways)).toMatchObject([{ p50Ms: 3, p99Ms: 40 }])
  expect(sumInstances(gateways)).toEqual([{ ...instance('suspect', 4), requestsPerSecond: 6, failuresPerSecond: 1.5 }])
  expect([undefined, 0.84, 12.3, 1250].map(milliseconds)).toEqual(['–', '0.8', '12', '1,250'])
})

test.each([
  [0, '0'],
  [0.42, '0.4'],
  [99.94, '99.9'],
  [1250.4, '1,250'],
])('writes %d as %s', (perSecond, text) => expect(rate(perSecond)).toBe(text))
