// Coordination: locks beside the raw puts that they make and beside Go's, hand-over and leadership beside raw watch delivery, queues
// beside BullMQ, and many schedules. `--short` makes it small, for the tests.
import { bullAvailable, startRedis } from './lib/bullmq.js'
import { buildGoMutex } from './lib/go-mutex.js'
import { row } from './lib/measure.js'
import { runScript, startWaypost } from './lib/processes.js'

const isShort = process.env.WAYPOST_BENCH === 'short'
const waiters = isShort ? 20 : 1_000
const jobs = isShort ? 100 : 5_000
const schedules = isShort ? 100 : 10_000

const lockRow = { what: 'uncontended lock and unlock', unit: 'ms', better: 'lower', peer: 'two raw puts' }
const goRow = { what: "lock and unlock beside Go's", unit: 'ms', better: 'lower', peer: 'concurrency.Mutex' }
const handOverRow = { what: `hand-over, ${waiters} waiters`, unit: 'ms', better: 'lower', peer: 'raw watch delivery' }
const readsRow = { what: `requests per hand-over, ${waiters} waiters`, unit: 'requests', better: 'lower' }
const leadRow = { what: 'leader gone, next leads', unit: 'ms', better: 'lower', peer: 'raw watch delivery' }
const cpuRow = { what: `${schedules} schedules, CPU of the leader`, unit: '% of a core', better: 'lower' }
const lateRow = { what: `${schedules} schedules, lateness p99`, unit: 'ms', better: 'lower' }

export async function run({ rounds, log, wanted }) {
  const figures = new Map()
  const add = (definition, ours, peer) => {
    const known = figures.get(definition.what) ?? { definition, ours: [], peer: [] }
    figures.set(definition.what, known)
    known.ours.push(ours)
    if (peer !== undefined) known.peer.push(peer)
  }
  const places = [lockRow, goRow, handOverRow, readsRow, leadRow].some(({ what }) => wanted(what))
  // Building it takes a minute.
  const goMutex = places && !isShort && wanted(goRow.what) ? await buildGoMutex() : undefined
  for (let round = 0; round < (isShort ? 1 : rounds); round++) {
    if (places) {
      log(`round ${round + 1}: places`)
      const [found, goMs] = await withStore(async (port) => [
        await runScript('coordination-places-load.js', { port, waiters }),
        await goMutex?.measure(port, 1_500),
      ])
      add(lockRow, found.lockMs, found.putsMs)
      if (goMs !== undefined) add(goRow, found.lockMs, goMs)
      add(handOverRow, found.handOverMs, found.deliveryMs)
      add(readsRow, found.requests)
      add(leadRow, found.leadMs, found.leadDeliveryMs)
    }
    for (const workers of isShort ? [1] : [1, 8]) {
      for (const fsync of isShort ? ['always'] : ['always', 'everysec']) {
        const what = `jobs added and completed, ${workers} worker ${workers === 1 ? 'process' : 'processes'}`
        const durable = fsync === 'always'
        const title = durable ? what : `${what}, Redis with its default durability`
        if (!wanted(title)) continue
        log(`round ${round + 1}: ${title}`)
        const spec = { jobs, workers }
        const ours = await withStore((port) => runScript('coordination-queue-load.js', { ...spec, port }))
        const bull = bullAvailable()
          ? await withRedis(fsync, (port) => runScript('bullmq-load.js', { ...spec, port }))
          : undefined
        const definition = { what: title, unit: '/s', better: 'higher', peer: 'BullMQ on Redis' }
        add(definition, ours.perSecond, bull?.perSecond)
      }
    }
    if ([cpuRow, lateRow].some(({ what }) => wanted(what))) {
      log(`round ${round + 1}: schedules`)
      const spec = { schedules, seconds: isShort ? 2 : 20 }
      const found = await withStore((port) => runScript('coordination-schedules-load.js', { ...spec, port }))
      add(cpuRow, found.cpuPercent)
      add(lateRow, found.lateP99Ms)
    }
  }
  goMutex?.remove()
  return [...figures.values()]
    .filter(({ definition }) => wanted(definition.what))
    .map(({ definition: { what, unit, better, peer: peerName }, ours, peer }) =>
      row(what, unit, better, peerName, ours, peer),
    )
}

async function withStore(use) {
  const store = await startWaypost()
  try {
    return await use(store.port)
  } finally {
    await store.stop()
  }
}

async function withRedis(fsync, use) {
  const redis = await startRedis(fsync)
  try {
    return await use(redis.port)
  } finally {
    await redis.stop()
  }
}
