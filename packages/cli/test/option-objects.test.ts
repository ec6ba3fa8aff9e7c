import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as client from '@waypost/client'
import * as prometheus from '@waypost/client/prometheus'
import * as config from '@waypost/config'
import * as admin from '@waypost/config/admin'
import * as render from '@waypost/config/render'
import * as coordination from '@waypost/coordination'
import { systemClock } from '@waypost/core'
import * as gateway from '@waypost/gateway'
import * as hub from '@waypost/hub'
import * as timeline from '@waypost/hub/timeline'
import * as registry from '@waypost/registry'
import * as axios from '@waypost/registry/axios'
import * as balance from '@waypost/registry/balance'
import * as grpc from '@waypost/registry/grpc'
import * as server from '@waypost/server'
import { type OptionTaker, optionTakers, startStore } from '@waypost/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as facade from 'waypost'
import * as express from 'waypost/express'
import * as http from 'waypost/http'
import * as facadePrometheus from 'waypost/prometheus'

const modules: Record<string, unknown> = Object.assign(
  {},
  ...[client, prometheus, config, admin, render, coordination, gateway, hub, timeline, registry, axios, balance, grpc],
  ...[server, facade, express, http, facadePrometheus],
)

/** What takes options without a check of its own, and why. */
const exempt = new Map<string, string>([
  ['resolvePresence', 'It takes its own out of the options of what has a presence.'],
  ['checkRegistration', 'Servers give it their own options, names checked, together with those of the registration.'],
  ['Keyring#key', 'Implemented by applications, and called by Waypost.'],
  ['registerOnListen', 'Without a service it says how it is written; http tests the names.'],
  ['listen', 'Without a service it says how it is written; http tests the names.'],
  ['GatewayWorkers#drain', 'It needs processes; its options are those of Gateway#drain.'],
  ['Balancer#pick', 'An interface: LoadBalancer implements it.'],
])

/** What stands for parameters before the options, by their types; an object without members for the others. */
const samples = new Map<string, unknown>([
  ['string', 'a'],
  ['number', 1],
  ['number | undefined', 1],
  ['bigint | number', 1],
  ['Int64', 1],
  ['Key', 'a'],
  ['Key | RangeSelector', 'a'],
  ['string | Uint8Array', 'a'],
  ['string | Uint8Array | undefined', 'a'],
  ['string | readonly string[]', 'a'],
  ['readonly string[]', ['a']],
  ['RangeSelector', { prefix: 'a' }],
  ['Uint8Array', new Uint8Array()],
  ['AccessMode', 'direct'],
  ['Access', { action: 'read', path: 'a' }],
  ['readonly DocumentChange[]', []],
  ['readonly RegisterOptions[]', []],
  ['readonly TemplateSource[]', []],
  ['Moment', { id: '1' }],
  ['WebhookProposal', { url: 'https://example.org', format: 'json', kinds: ['*'] }],
  ['Asker', { author: 'a', address: 'a' }],
  ['DocumentTree', new Map()],
  ['ScheduleOptions', { everyMs: 1_000, handler: 'a' }],
  ['ResolveTarget', { app: 'a' }],
  ['PersistentOptions', { service: 'a', id: 'a', host: 'a', port: 1 }],
  ['Lease', { id: 1n }],
  ['AwaitedRelease', { path: 'a', revision: 1n }],
  ['HealthTarget', { host: 'a', port: 1 }],
])
const work = () => {}

let store: server.EmbeddedServer
let waypost: facade.Waypost
let subjects: Map<string, object>

beforeAll(async () => {
  store = await startStore()
  waypost = await facade.connect({ endpoints: store.url, env: {}, logger: false })
  const { etcd, config: center, registry: services, coordination: places } = waypost
  const registration = await services.register({ service: 'a', port: 1, host: '127.0.0.1' })
  const queue = places.queue('a')
  const lease = await etcd.leases.grant({ ttlSeconds: 60 })
  const networks = new timeline.AllowedNetworks([])
  subjects = new Map<string, object>([
    ...Object.entries({
      ...{
        EtcdClient: etcd,
        Kv: etcd.kv,
        Leases: etcd.leases,
        Lease: lease,
        Txn: etcd.txn(),
        Presence: etcd.presence(),
      },
      ...{ Auth: etcd.auth, Users: etcd.auth.users, Roles: etcd.auth.roles },
      ...{ Cluster: etcd.cluster, Maintenance: etcd.maintenance },
      ...{ Config: center, ConfigCenter: center, Releases: center.releases, Documents: center.documents },
      ...{ Drafts: center.drafts, Canaries: center.canaries, Policies: center.policies, Audit: center.audit },
      ...{ StoredSchemas: center.schemas, Consumers: center.consumers, AccessControl: center.access },
      ...{ Registry: services, Registration: registration, Names: services.names, OnLease: services.onLease(lease.id) },
      ...{ PersistentInstances: services.persistent, ServiceOperator: services.operate('a') },
      ...{
        ServiceView: await services.discover('a'),
        LoadBalancer: new balance.LoadBalancer(balance.resolveBalance({}, 'random')),
      },
      ...{ Coordination: places, Barrier: places.barrier('a'), DoubleBarrier: places.doubleBarrier('a', { count: 1 }) },
      ...{ Latch: places.latch('a', { count: 1 }), Counter: places.counter('a'), Queue: queue },
      ...{ QueueWorker: queue.work(work), RateLimit: places.rateLimit('a', { limit: 1, intervalMs: 1_000 }) },
      ...{ Schedules: places.schedules, Semaphore: places.semaphore('a', { permits: 1 }) },
      ...{ Timeline: new timeline.Timeline(etcd), Gateway: await gateway.createGateway({ waypost, routes: {} }) },
      ...{
        WebhookStore: new timeline.WebhookStore({
          etcd,
          clock: systemClock,
          networks,
          keyring: undefined,
          lastEventId: async () => undefined,
        }),
      },
      ...{ ReadWriteLock: places.readWriteLock('a'), EmbeddedServer: store },
    }),
  ])
})

afterAll(async () => {
  await waypost.close()
  await store.close()
})

function sample(type: string): unknown {
  const known = new Map<string, object>([
    ['EtcdClient', waypost.etcd],
    ['Registry', waypost.registry],
    ['ConfigCenter', waypost.config],
  ])
  return samples.get(type) ?? known.get(type) ?? (/=>|Locked|Leading|Handler/.test(type) ? work : {})
}

/** As programs without types call it. */
function called({ name, before, after }: OptionTaker, options: unknown): unknown {
  const values = [...before.map(sample), options, ...after.map(sample)]
  const [, owner = '', kind, member = ''] = /^(?:new )?(\w+)(?:([#.])(\w+))?$/.exec(name) ?? []
  if (kind === '#') {
    const subject = subjects.get(owner)
    if (subject === undefined) throw new Error(`The subjects of this test lack ${owner}.`)
    return Reflect.apply(Reflect.get(subject, member), subject, values)
  }
  const exported = modules[owner]
  if (typeof exported !== 'function') throw new Error(`The modules of this test lack ${owner}.`)
  if (kind === '.') return Reflect.apply(Reflect.get(exported, member), exported, values)
  return name.startsWith('new ') ? Reflect.construct(exported, values) : Reflect.apply(exported, undefined, values)
}

function isFollowed(result: unknown): result is AsyncIterable<unknown> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result
}

/** What is followed is asked for its first element. */
async function end(taker: OptionTaker, options: unknown): Promise<void> {
  const result = await called(taker, options)
  if (isFollowed(result)) await result[Symbol.asyncIterator]().next()
}

/** How it ends, if it does: what is refused is refused at once. */
async function outcome(taker: OptionTaker, options: unknown): Promise<string> {
  try {
    await Promise.race([end(taker, options), delay(2_000, undefined, { ref: false })])
    return 'accepted'
  } catch (error) {
    return error instanceof Error && 'code' in error ? `${error.code}: ${error.message}` : `raw: ${error}`
  }
}

it.each(['client', 'config', 'coordination', 'gateway', 'http', 'hub', 'registry', 'server', 'waypost'])(
  'everything of %s that takes options refuses those that it does not know, and what are none',
  async (name) => {
    const takers = optionTakers(fileURLToPath(new URL(`../../${name}`, import.meta.url)))
    expect(takers.length).toBeGreaterThan(0)
    const problems: string[] = []
    for (const taker of takers) {
      if (exempt.has(taker.name)) continue
      const unknown = await outcome(taker, { noSuchOption: 1 })
      if (!/^invalid-argument: .* no option noSuchOption; it has/.test(unknown))
        problems.push(`${taker.name}(${taker.type}): ${unknown}`)
      const text = await outcome(taker, 'text')
      if (!/^invalid-argument: .* must be .*, not text/.test(text)) problems.push(`${taker.name}('text'): ${text}`)
    }
    expect(problems).toEqual([])
  },
)
