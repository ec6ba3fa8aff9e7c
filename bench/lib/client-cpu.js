// The CPU that a client spends per operation: `node client-cpu.js '{"library":"waypost"|"etcd3","port":…}'`.
const { library, port, operation, inFlight, operations } = JSON.parse(process.argv[2])
const key = (number) => `bench/${String(number % 1000).padStart(10, '0')}`
const value = 'v'.repeat(64)

const libraries = {
  async waypost() {
    const { EtcdClient } = await import('../../packages/client/dist/index.js')
    const client = new EtcdClient({ endpoints: `http://127.0.0.1:${port}` })
    return {
      get: async (number) => (await client.kv.get(key(number)))?.text(),
      put: (number) => client.kv.put(key(number), value),
      close: () => client.close(),
    }
  },
  async etcd3() {
    const { Etcd3 } = await import('etcd3')
    const client = new Etcd3({ hosts: `http://127.0.0.1:${port}` })
    return {
      get: (number) => client.get(key(number)).string(),
      put: (number) => client.put(key(number)).value(value).exec(),
      close: () => client.close(),
    }
  },
}

const client = await libraries[library]()
const call = client[operation]
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
