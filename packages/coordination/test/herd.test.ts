import { EtcdClient } from '@waypost/client'
import { Coordination, type Queue } from '@waypost/coordination'
import { startStore, until } from '@waypost/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'

// Many workers, in the long form hundreds, each with a lease and a place of its own, on a few clients. What they ask the store for is
// counted where it leaves the client.

const isLong = process.env.WAYPOST_LONG !== undefined
const workerCount = isLong ? 500 : 60
const clientCount = 10

let store: Awaited<ReturnType<typeof startStore>>
let clients: EtcdClient[]
let fleet: Coordination[]
/** Requests for jobs: looks at the line, and transactions. */
let reads = 0
let transactions = 0

beforeEach(async () => {
  store = await startStore()
  clients = Array.from(
    { length: clientCount },
    () => new EtcdClient({ endpoints: store.url, logger: false, timeoutMs: 60_000 }),
  )
  fleet = clients.map((client) => new Coordination(client, { ttlSeconds: 60 }))
  for (const client of clients) {
    const [range, txn] = [client.kv.range.bind(client.kv), client.txn.bind(client)]
    client.kv.range = (selector, options) => {
      reads += 1
      return range(selector, options)
    }
    client.txn = () => {
      transactions += 1
      return txn()
    }
  }
})

afterEach(async () => {
  await Promise.all(fleet.map((coordination) => coordination.close()))
  await Promise.all(clients.map((client) => client.close()))
  await store.close()
})

test('hundreds of workers do not all try for the same job, be they idle or behind', async () => {
  const done = new Map<string, number>()
  const queues: Queue<number>[] = fleet.map((coordination) => coordination.queue<number>('herd'))
  for (let index = 0; index < workerCount; index++) {
    queues[index % clientCount]?.work(({ id }) => {
      done.set(id, (done.get(id) ?? 0) + 1)
    })
  }
  const [queue] = queues
  if (queue === undefined) throw new Error('There is a queue.')
  await until('All are there', async () => (await queue.counts()).workers === workerCount)
  // One worker that was there before the others were has looked at the line by now.
  await queue.add(0, { id: 'first' })
  await until('They work', () => done.size === 1)

  /** How many requests each job took, of all workers together. */
  const perJob = async (what: string, count: number, add: () => Promise<unknown>) => {
    const before = done.size
    ;[reads, transactions] = [0, 0]
    await add()
    await until('All are done', () => done.size === before + count)
    await until('All are completed', async () => (await queue.counts()).completed === done.size)
    const found = { transactions: transactions / count, reads: reads / count }
    if (isLong) process.stderr.write(`${workerCount} workers, ${what}, a job: ${JSON.stringify(found)}\n`)
    return found
  }
  const idle = await perJob('idle', 20, async () => {
    for (let index = 0; index < 20; index++) await queue.add(index)
  })
  const behind = await perJob('behind', 600, async () => {
    for (let index = 0; index < 6; index++) {
      await queue.addAll(Array.from({ length: 100 }, (_, data) => ({ data })))
    }
  })
  expect([...done.values()].filter((times) => times > 1)).toEqual([])
  // A claim, a completion and now and then a try at a job that somebody else had, each of two requests: far from one for each worker.
  for (const found of [idle, behind]) {
    expect(found.transactions).toBeLessThan(workerCount / 4)
    expect(found.reads).toBeLessThan(workerCount / 4)
  }
})
