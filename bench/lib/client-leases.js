// What keeping many leases alive costs a client's process: prints { cpuPercent, streams }.
import { get } from 'node:http'
import { openClient } from './client-libraries.js'

const { library, port, leases, ttlSeconds, forSeconds } = JSON.parse(process.argv[2])
const grantsInFlight = 50

const client = await openClient(library, port)
const streamsBefore = await keepAliveStreams()
const granted = []
let asked = 0
await Promise.all(
  Array.from({ length: grantsInFlight }, async () => {
    while (asked++ < leases) granted.push(await client.grant(ttlSeconds))
  }),
)
// Past the first renewals, which follow the grants and run code that is not compiled yet.
await pause(2000 * ttlSeconds)
const cpuBefore = process.cpuUsage()
const startedMs = performance.now()
await pause(1000 * forSeconds)
const { user, system } = process.cpuUsage(cpuBefore)
const elapsedMs = performance.now() - startedMs
const streams = (await keepAliveStreams()) - streamsBefore
const alive = granted.filter((lease) => lease.isAlive()).length
if (alive < leases) {
  console.error(`Only ${alive} of ${leases} leases are alive`)
  process.exit(1)
}
console.log(JSON.stringify({ cpuPercent: (100 * (user + system)) / 1000 / elapsedMs, streams }))
process.exit(0)

/** How many keepalive streams were ever opened, by the store's own count. */
async function keepAliveStreams() {
  const metrics = await new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path: '/metrics', agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('end', () => resolve(text))
    }).on('error', reject)
  })
  const line = metrics.match(/^grpc_server_started_total\{[^}]*grpc_method="LeaseKeepAlive"[^}]*\} (\S+)$/m)
  return line ? Number(line[1]) : 0
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
