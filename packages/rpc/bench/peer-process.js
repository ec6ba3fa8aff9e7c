// One peer in a process of its own. As a server it prints its port and, told so by a line, its CPU time since the last.
import { clients, servers } from './peers.js'

const [role, name, ...rest] = process.argv.slice(2)

if (role === 'server') {
  console.log(await servers[name]())
  let last = process.cpuUsage()
  process.stdin.on('data', () => {
    const { user, system } = process.cpuUsage(last)
    last = process.cpuUsage()
    console.log(user + system)
  })
  process.stdin.on('end', () => process.exit())
} else {
  const [port, inFlight, calls] = rest.map(Number)
  const call = await clients[name](port)
  const request = Buffer.alloc(64, 'v')
  const run = async (count) => {
    let left = count
    const loop = async () => {
      while (left-- > 0) await call(request)
    }
    await Promise.all(Array.from({ length: inFlight }, loop))
  }
  await run(Math.ceil(calls / 4))
  const startedAt = performance.now()
  const before = process.cpuUsage()
  await run(calls)
  const { user, system } = process.cpuUsage(before)
  const seconds = (performance.now() - startedAt) / 1000
  console.log(JSON.stringify({ perSecond: calls / seconds, cpuMicros: (user + system) / calls }))
  process.exit()
}
