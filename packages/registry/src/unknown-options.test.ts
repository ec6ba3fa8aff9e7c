import { EtcdClient } from '@waypost/client'
import { afterAll, expect, it } from 'vitest'
import { axiosAdapter } from './call/axios/axios-adapter.ts'
import { Registry } from './registry.ts'

const etcd = new EtcdClient({ endpoints: 'http://127.0.0.1:1', logger: false })
const registry = new Registry(etcd)

afterAll(async () => {
  await registry.close()
  await etcd.close()
})

/** As programs without types call it. */
function call(target: object, method: string, ...values: unknown[]): unknown {
  return Reflect.apply(Reflect.get(target, method), target, values)
}

it.each<[what: string, attempt: () => unknown]>([
  ['Registry has no option ttl; it has', () => Reflect.construct(Registry, [etcd, { ttl: 5 }])],
  [
    'The option guard of Registry has no option windowMS',
    () => Reflect.construct(Registry, [etcd, { guard: { windowMS: 5 } }]),
  ],
  [
    'registry.register has no option name; it has',
    () => call(registry, 'register', { name: 'a', service: 'a', port: 1 }),
  ],
  ['registry.register has no option ports', () => call(registry, 'register', { service: 'a', port: 1, ports: [1] })],
  [
    'The option health of registry.register has no option interval; it has check, fall, grpc, http, intervalMs, rise, tcp, timeoutMs. Did you mean intervalMs?',
    () => call(registry, 'register', { service: 'a', port: 1, health: { http: '/', interval: 5 } }),
  ],
  [
    'registry.registerAll has no option ids',
    () => call(registry, 'registerAll', [{ service: 'a', port: 1, ids: 'b' }]),
  ],
  ['registry.registerAll has no option timeout', () => call(registry, 'registerAll', [], { timeout: 5 })],
  ['registry.discover has no option zone', () => call(registry, 'discover', 'a', { zone: 'z' })],
  [
    'The option balance of registry.discover has no option zones',
    () => call(registry, 'discover', 'a', { balance: { zones: 'z' } }),
  ],
  [
    'The option where of registry.discover has no option tag;',
    () => call(registry, 'discover', 'a', { where: { tag: 'x' } }),
  ],
  [
    'The option where.tags of registry.discover must be a list',
    () => call(registry, 'discover', 'a', { where: { tags: 'x' } }),
  ],
  ['registry.followServices has no option timeout', () => call(registry, 'followServices', { timeout: 5 })],
  ['registry.followAll has no option timeout', () => call(registry, 'followAll', { timeout: 5 })],
  ['registry.dispatcher has no option retries', () => call(registry, 'dispatcher', { retries: 5 })],
  ['registry.callFactory has no option retries', () => call(registry, 'callFactory', 'a', { retries: 5 })],
  ['operate has no option author; it has', () => call(registry.operate('a'), 'drain', 'b', { author: 'ann' })],
  ['registry.handleSignals has no option signal', () => call(registry, 'handleSignals', { signal: 'SIGTERM' })],
  ['axiosAdapter has no option timeout', () => axiosAdapter(registry, JSON.parse('{"timeout":5}'))],
])('%s', async (message, attempt) => {
  await expect((async () => attempt())()).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining(message),
  })
})
