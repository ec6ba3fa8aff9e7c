import { expect, test } from 'vitest'
import { type Gateway, rate, sumRoutes } from './route-sums.ts'

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

test.each([
  [0, '0'],
  [0.42, '0.4'],
  [99.94, '99.9'],
  [1250.4, '1,250'],
])('writes %d as %s', (perSecond, text) => expect(rate(perSecond)).toBe(text))
