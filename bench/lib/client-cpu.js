// The CPU that a client spends per operation: `node client-cpu.js '{"library":"waypost"|"etcd3"|"floor","port":…}'`.
import { openClient } from './client-libraries.js'

const { library, port, operation, inFlight, operations } = JSON.parse(process.argv[2])
const key = (number) => `bench/${String(number % 1000).padStart(10, '0')}`
const value = 'v'.repeat(64)

const client = await openClient(library, port)
const call = { get: (number) => client.get(key(number)), put: (number) => client.put(key(number), value) }[operation]
await run(Math.min(3000, operations))
const cpuBefore = process.cpuUsage()
const startedMs = performance.now()
await run(operations)
const seconds = (performance.now() - startedMs) / 1000
const cpu = process.cpuUsage(cpuBefore)
console.log(
  JSON.stringify({
    cpuMicrosPerOperation: (cpu.user + cpu.system) / operations,
    operationsPerSecond: operations / seconds,
  }),
)
await client.close()
process.exit(0)

async function run(count) {
  let next = 0
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (next < count) await call(next++)
    }),
  )
}
