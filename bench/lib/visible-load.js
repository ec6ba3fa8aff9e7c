// From a registration to the last view that shows it, and from a put to the last raw watch that is told of it, in turn,
// so that whatever else the machine does meets both: `node visible-load.js '{"port":…,"views":…,"times":…}'`.
import { setTimeout as delay } from 'node:timers/promises'
import { EtcdClient } from '../../packages/client/dist/index.js'
import { Registry } from '../../packages/registry/dist/index.js'
import { median } from './measure.js'
import { scaled } from './scale.js'

const { port, views, times } = JSON.parse(process.argv[2])
const warmUpTimes = scaled(50, 1)
const limitMs = 10_000
/** What a deregistration leaves to do, such as the confirmation of who follows, is over by then. */
const restMs = 5 + views / 50

const client = () => new EtcdClient({ endpoints: `http://127.0.0.1:${port}` })
const writer = client()
const reader = client()

/** Counts those who are told, and knows when the last was. */
class Audience {
  #told = 0
  #onLast = () => {}

  async follow(source, countOf) {
    for await (const item of source) {
      if (countOf(item) === 0) continue
      this.#told += 1
      if (this.#told === views) this.#onLast(performance.now())
    }
  }

  everybody() {
    this.#told = 0
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Only ${this.#told} of ${views} were told`)), limitMs)
      this.#onLast = (atMs) => {
        clearTimeout(timer)
        resolve(atMs)
      }
    })
  }
}

async function registration() {
  const audience = new Audience()
  const consumer = new Registry(reader)
  for (let number = 0; number < views; number++) {
    const view = await consumer.discover('bench')
    audience.follow(view.changes(), ({ added }) => added.length)
  }
  const registry = new Registry(writer)
  await registry.register({ service: 'other', port: 1 })
  let registered
  return {
    audience,
    appear: async () => {
      registered = await registry.register({ service: 'bench', id: 'a', host: '127.0.0.1', port: 1 })
    },
    vanish: () => registered.deregister(),
  }
}

async function rawWatch() {
  const audience = new Audience()
  for (let number = 0; number < views; number++) {
    const watch = reader.watch({ prefix: '/services/peer/' })
    audience.follow(watch, ({ events }) => events.filter(({ type }) => type === 'put').length)
  }
  const lease = await writer.leases.grant({ ttlSeconds: 10 })
  const record = {
    service: 'peer',
    id: 'a',
    host: '127.0.0.1',
    port: 1,
    status: 'up',
    registeredAt: '2024-01-01T00:00:00.000Z',
  }
  return {
    audience,
    appear: () => writer.kv.put('/services/peer/a', JSON.stringify(record), { lease: lease.id }),
    vanish: () => writer.kv.delete('/services/peer/a'),
  }
}

async function sample({ audience, appear, vanish }) {
  const last = audience.everybody()
  const startedMs = performance.now()
  const done = appear()
  const elapsedMs = (await last) - startedMs
  await done
  await vanish()
  await delay(restMs)
  return elapsedMs
}

const sides = { ours: await registration(), peer: await rawWatch() }
const samples = { ours: [], peer: [] }
for (let number = 0; number < times + warmUpTimes; number++) {
  for (const side of number % 2 === 0 ? ['ours', 'peer'] : ['peer', 'ours']) {
    const elapsedMs = await sample(sides[side])
    if (number >= warmUpTimes) samples[side].push(elapsedMs)
  }
}

const figuresOf = (values) => {
  const sorted = values.toSorted((a, b) => a - b)
  return { medianMs: median(sorted), p99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1] }
}
console.log(JSON.stringify({ ours: figuresOf(samples.ours), peer: figuresOf(samples.peer) }))
process.exit(0)
