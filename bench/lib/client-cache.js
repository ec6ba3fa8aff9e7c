// A cache of many instances: `node --expose-gc client-cache.js '{"port":…}'`, prints { loadMs, megabytes, eventsPerSecond }.
import { KV, PutRequest, RequestOp, TxnRequest } from '../../packages/protocol/dist/index.js'
import { RpcConnection } from '../../packages/rpc/dist/index.js'
import { openClient } from './client-libraries.js'

const { port, instances, events } = JSON.parse(process.argv[2])
const instancesPerService = 50
const perTransaction = 100
const transactionsInFlight = 16

const writer = new RpcConnection(`http://127.0.0.1:${port}`)
await write(instances, 'up')
const client = await openClient('waypost', port)
globalThis.gc()
const before = heldBytes()
const startedMs = performance.now()
const cache = client.cache('/services/')
await cache.ready
const loadMs = performance.now() - startedMs
if (cache.size !== instances) throw new Error(`The cache holds ${cache.size} of ${instances} instances`)
globalThis.gc()
const megabytes = (heldBytes() - before) / 1e6

let applied = 0
const allApplied = new Promise((resolve) => {
  cache.onChange(({ changes }) => {
    applied += changes.length
    if (applied === events) resolve()
  })
})
const cpuBefore = process.cpuUsage()
const written = write(events, 'leaving')
await allApplied
const { user, system } = process.cpuUsage(cpuBefore)
await written
console.log(JSON.stringify({ loadMs, megabytes, eventsPerSecond: events / ((user + system) / 1e6) }))
process.exit(0)

function heldBytes() {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function write(count, status) {
  let next = 0
  await Promise.all(
    Array.from({ length: transactionsInFlight }, async () => {
      while (next < count) {
        const first = next
        next += perTransaction
        const success = Array.from({ length: Math.min(perTransaction, count - first) }, (_, index) =>
          RequestOp.create({ requestPut: PutRequest.create(instance(first + index, status)) }),
        )
        await writer.unary(KV.txn, TxnRequest.create({ success }), { timeoutMs: 30_000 })
      }
    }),
  )
}

function instance(number, status) {
  const service = `service-${Math.floor(number / instancesPerService)}`
  const id = `${service}-${number}`
  const record = { service, id, host: '10.0.0.1', port: 8080, status, version: '1.4.2', zone: 'eu-1', weight: 100 }
  return { key: Buffer.from(`/services/${service}/${id}`), value: Buffer.from(JSON.stringify(record)) }
}
