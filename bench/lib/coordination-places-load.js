// Locks and elections: `node coordination-places-load.js '{"port":…,"waiters":…}'`.
import { EtcdClient } from '../../packages/client/dist/index.js'
import { Coordination } from '../../packages/coordination/dist/index.js'
import { median } from './measure.js'

const { port, waiters } = JSON.parse(process.argv[2])
const open = () => new EtcdClient({ endpoints: `http://127.0.0.1:${port}`, timeoutMs: 60_000 })
const [etcd, other] = [open(), open()]
const [coordination, second] = [new Coordination(etcd, { ttlSeconds: 60 }), new Coordination(other, { ttlSeconds: 60 })]
const isShort = process.env.WAYPOST_BENCH === 'short'
const repeats = 300
const warmUps = isShort ? 0 : 1_500
const found = {}

// The raw puts and the lock take turns, so that both meet the same machine. The first ones are not counted: a service
// that takes locks all day runs compiled code.
const [lockMs, putsMs] = [[], []]
for (let index = -warmUps; index < repeats; index++) {
  let beganMs = performance.now()
  await etcd.kv.put('raw', 'x')
  await etcd.kv.put('raw', '')
  if (index >= 0) putsMs.push(performance.now() - beganMs)
  beganMs = performance.now()
  const lock = await coordination.lock('uncontended')
  await lock.release()
  if (index >= 0) lockMs.push(performance.now() - beganMs)
}
Object.assign(found, { lockMs: median(lockMs), putsMs: median(putsMs) })

const deliveries = []
{
  const watch = other.watch({ key: 'delivered' })
  await watch.started
  for (let index = 0; index < repeats; index++) {
    const beganMs = performance.now()
    const [{ value: batch }] = await Promise.all([watch.next(), etcd.kv.put('delivered', String(index))])
    if (batch.events.length > 0) deliveries.push(performance.now() - beganMs)
  }
  await watch.close()
}
found.deliveryMs = median(deliveries)

// Everybody waits; then each holder hands on at once.
const holder = await coordination.lock('contended')
const handOvers = []
let releasedMs = 0
let transactions = 0
const waiting = Array.from({ length: waiters }, () =>
  (async () => {
    const lock = await second.lock('contended', async (held) => {
      const nowMs = performance.now()
      handOvers.push(nowMs - releasedMs)
      // It is released as soon as this returns.
      releasedMs = nowMs
      return held
    })
    return lock
  })(),
)
const untilAll = async () => (await etcd.kv.count({ prefix: 'contended/' })) < BigInt(waiters + 1)
while (await untilAll()) await new Promise((resolve) => setTimeout(resolve, 50))
// All are in line; what is asked for from now on belongs to the hand-overs.
const txn = other.txn.bind(other)
other.txn = () => {
  transactions += 1
  return txn()
}
releasedMs = performance.now()
await holder.release()
await Promise.all(waiting)
delete other.txn
// Each hand-over has one release, which is no transaction, and the looks of the next one.
Object.assign(found, { handOverMs: median(handOvers), requests: transactions / waiters + 1 })

// The lease of the leader ends: when does the next one lead, and when does a raw watch hear of it?
const [leads, leadDeliveries] = [[], []]
for (let round = 0; round < 20; round++) {
  const name = `boss-${round}`
  const leader = await coordination.elect(name)
  const next = second.elect(name)
  while ((await etcd.kv.count({ prefix: `${name}/` })) < 2n) await new Promise((resolve) => setTimeout(resolve, 5))
  const watch = other.watch({ key: leader.key })
  await watch.started
  const beganMs = performance.now()
  await Promise.all([
    next.then(() => leads.push(performance.now() - beganMs)),
    watch.next().then(() => leadDeliveries.push(performance.now() - beganMs)),
    etcd.kv.delete(leader.key),
  ])
  await watch.close()
  await (await next).resign()
}
Object.assign(found, { leadMs: median(leads), leadDeliveryMs: median(leadDeliveries) })

await coordination.close()
await second.close()
await Promise.all([etcd.close(), other.close()])
console.log(JSON.stringify(found))
