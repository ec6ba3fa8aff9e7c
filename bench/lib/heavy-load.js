// Told the name of a heavy request it writes what that needs and says so; told `run` it runs it and says how long that
// took; started with an IPC channel by `pauses.js`.
import { RpcConnection } from '../../packages/rpc/dist/index.js'
import { heavyRequests } from './heavy-requests.js'

const options = JSON.parse(process.argv[2])
const connection = new RpcConnection(`http://127.0.0.1:${options.port}`)
let heavy
process.on('message', async (order) => {
  if (order !== 'run') {
    heavy = heavyRequests[order]
    await heavy.prepare(connection, options)
    process.send('prepared')
    return
  }
  const startedMs = performance.now()
  await heavy.run(connection, options)
  process.send({ elapsedMs: performance.now() - startedMs })
})
