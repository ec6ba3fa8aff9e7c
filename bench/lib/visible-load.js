// From a registration to the last view that shows it: `node visible-load.js '{"port":…,"side":"ours"|"peer",…}'`.
import { EtcdClient } from '../../packages/client/dist/index.js'
import { Registry } from '../../packages/registry/dist/index.js'
import { median } from './measure.js'

const { port, side, views, times } = JSON.parse(process.argv[2])
const client = () => new EtcdClient({ endpoints: `http://127.0.0.1:${port}` })
const writer = client()
const reader = client()
const record = {
  service: 'bench',
  id: 'a',
  host: '127.0.0.1',
  port: 1,
  status: 'up',
  registeredAt: '2024-01-01T00:00:00Z',
}

let seen = 0
let onLast = () => {}
const note = () => {
  seen += 1
  if (seen === views) onLast(performance.now())
}

const sides = {
  async ours() {
    const consumer = new Registry(reader)
    for (let number = 0; number < views; number++) {
      const view = await consumer.discover('bench')
      follow(view.changes(), ({ added }) => added.length)
    }
    const registry = new Registry(writer)
    await registry.register({ service: 'other', port: 1 })
    let registration
    return {
      appear: async () => {
        registration = await registry.register({ service: 'bench', id: 'a', host: '127.0.0.1', port: 1 })
      },
      vanish: () => registration.deregister(),
    }
  },
  async peer() {
    for (let number = 0; number < views; number++) {
      const watch = reader.watch({ prefix: '/services/bench/' })
      follow(watch, ({ events }) => events.filter(({ type }) => type === 'put').length)
    }
    const lease = await writer.leases.grant({ ttlSeconds: 10 })
    return {
      appear: () => writer.kv.put('/services/bench/a', JSON.stringify(record), { lease: lease.id }),
      vanish: () => writer.kv.delete('/services/bench/a'),
    }
  },
}

async function follow(source, countOf) {
  for await (const item of source) if (countOf(item) > 0) note()
}

const { appear, vanish } = await sides[side]()
const samples = []
for (let number = 0; number < times + 10; number++) {
  seen = 0
  const last = new Promise((resolve) => {
    onLast = resolve
  })
  const startedMs = performance.now()
  const done = appear()
  const endedMs = await Promise.race([
    last,
    new Promise((_, reject) => setTimeout(reject, 10_000, new Error(`Only ${seen} of ${views} saw it`)).unref()),
  ])
  await done
  if (number >= 10) samples.push(endedMs - startedMs)
  await vanish()
  await new Promise((resolve) => setTimeout(resolve, views / 50))
}
samples.sort((a, b) => a - b)
console.log(JSON.stringify({ medianMs: median(samples), p99Ms: samples[Math.ceil(samples.length * 0.99) - 1] }))
process.exit(0)
