// Writes what a heavy request needs, says so, and runs it when told to; started with an IPC channel by `pauses.js`.
import { RpcConnection } from '../../packages/rpc/dist/index.js'
import { heavyRequests } from './heavy-requests.js'

const { name, ...options } = JSON.parse(process.argv[2])
const connection = new RpcConnection(`http://127.0.0.1:${options.port}`)
const { prepare, run } = heavyRequests[name]
await prepare(connection, options)
process.send('prepared')
process.once('message', async () => {
  const startedMs = performance.now()
  await run(connection, options)
  process.send({ elapsedMs: performance.now() - startedMs })
  connection.destroy()
  process.disconnect()
})
