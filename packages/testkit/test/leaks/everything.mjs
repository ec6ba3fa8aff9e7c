// Uses everything, closes only what owns the rest, says so, and must then end by itself.
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedServer } from '@waypost/server'
import { Stopwatch } from '@waypost/testkit'
import { connect, get, put, version } from 'waypost'

const [how, dataDir] = process.argv.slice(2)
const server = await EmbeddedServer.start({
  port: 0,
  ...(dataDir ? { dataDir } : { memory: true }),
  rootPassword: 'guang',
  bcryptCost: 4,
})
const waypost = await connect({
  endpoints: [server.url, 'http://127.0.0.1:1'],
  auth: { username: 'root', password: 'guang' },
  namespace: '/leaks',
  env: {},
})
const { etcd, registry, config } = waypost

/** Takes the first item and leaves the iteration hanging, as programs do. */
async function first(iterable) {
  const { value } = await iterable[Symbol.asyncIterator]().next()
  return value
}

await etcd.kv.put('a', '1')
await etcd.txn().if(version('a').equals(1)).do(put('b', '2'), get('a')).else(get('b')).commit()
for await (const _ of etcd.kv.list({ prefix: '' }));
const cache = etcd.cache({ prefix: '' })
await cache.ready
const cacheChange = first(cache.changes())
const watch = etcd.watch({ prefix: '' })
await watch.started
const watched = first(watch)
const lease = await etcd.leases.grant({ ttlSeconds: 60 })
await etcd.kv.put('leased', '1', { lease: lease.id })
await Promise.all([watched, cacheChange])
const hanging = watch.next().catch(() => {})
etcd.status()

const registration = await registry.register({ service: 'user', port: 3000, host: '127.0.0.1' })
const view = await registry.discover('user')
const viewChange = first(view.changes())
registration.events()
await registry.register({ service: 'user', port: 3001, host: '127.0.0.1' })
await viewChange
view.pick()

await config.set('shop/application.yaml', 'greeting: hello\n')
const live = await config.load({ app: 'shop' })
const update = first(live.changes())
const configWatch = config.watch({ prefix: 'shop/' }, { initial: true })
await first(configWatch)
await config.set('shop/application.yaml', 'greeting: good evening\n')
await update

if (how === 'store first') {
  await server.close()
  await sleep(50)
  await waypost.close()
} else if (how === 'together') {
  await Promise.all([waypost.close(), server.close()])
} else {
  await waypost.close()
  await server.close()
}
await hanging
console.log('closed')
const stopwatch = new Stopwatch()
process.on('exit', () => console.log(stopwatch.elapsedMs))
