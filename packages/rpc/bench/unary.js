// Unary calls, this package beside node:http2 and grpc-js: `node packages/rpc/bench/unary.js [rounds]`, after a build.
// Rounds are interleaved and medians printed, since machines are noisy. RPC_BEFORE names the `dist/index.js` of an
// earlier build, which is then measured too.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median } from '../../../bench/lib/measure.js'
import { runScript } from '../../../bench/lib/processes.js'
import { clients, path, servers } from './peers.js'

const rounds = Number(process.argv[2] ?? 5)
const peerProcess = fileURLToPath(new URL('./peer-process.js', import.meta.url))
const run = promisify(execFile)

async function startServer(name) {
  const child = spawn(process.execPath, [peerProcess, 'server', name], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const port = Number((await lines.next()).value)
  return {
    name,
    port,
    async cpuMicros() {
      child.stdin.write('cpu\n')
      return Number((await lines.next()).value)
    },
    async stop() {
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}

const results = new Map()
const note = (what, value) => results.set(what, [...(results.get(what) ?? []), value])

const running = await Promise.all(Object.keys(servers).map(startServer))
const echo = running.find((server) => server.name === 'rpc')
const load = { path, connections: 8, inFlight: 16, requests: 60_000, keys: 1000, valueBytes: 40 }

for (let round = 0; round <= rounds; round++) {
  for (const server of running) {
    await server.cpuMicros()
    const { seconds, failed } = await runScript('http2-load.js', { ...load, port: server.port })
    if (failed > 0) throw new Error(`${failed} calls to ${server.name} failed.`)
    // The first round warms up.
    if (round === 0) continue
    note(`server ${server.name}, 128 in flight: calls/s`, load.requests / seconds)
    note(`server ${server.name}, 128 in flight: µs CPU/call`, (await server.cpuMicros()) / load.requests)
  }
  for (const name of Object.keys(clients)) {
    for (const [inFlight, calls] of [
      [1, 5000],
      [64, 30_000],
    ]) {
      const { stdout } = await run(process.execPath, [peerProcess, 'client', name, echo.port, inFlight, calls])
      const { perSecond, cpuMicros } = JSON.parse(stdout)
      if (round === 0) continue
      note(`client ${name}, ${inFlight} in flight: calls/s`, perSecond)
      note(`client ${name}, ${inFlight} in flight: µs CPU/call`, cpuMicros)
    }
  }
}

await Promise.all(running.map((server) => server.stop()))
for (const [what, values] of [...results].sort(([a], [b]) => a.localeCompare(b))) {
  console.log(what.padEnd(58), median(values).toFixed(1).padStart(10))
}
