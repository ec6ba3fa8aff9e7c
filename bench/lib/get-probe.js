// Gets one key again and again while others load the store; started with an IPC channel by `probe.js`. Told `begin` it
// starts afresh, told `end` it answers with { gets, longestMs, p999Ms }; told `login` it logs in and says so.
import { Auth, AuthenticateRequest, KV, RangeRequest } from '../../packages/protocol/dist/index.js'
import { RpcConnection } from '../../packages/rpc/dist/index.js'

const { port, key, login } = JSON.parse(process.argv[2])
const periodMs = 1
const connection = new RpcConnection(`http://127.0.0.1:${port}`)
const request = RangeRequest.create({ key: Buffer.from(key) })
let waits = []
let isWanted = false
let metadata = {}

process.on('message', async (order) => {
  if (order === 'begin') waits = []
  else if (order === 'end') isWanted = true
  else {
    const { token } = await connection.unary(Auth.authenticate, AuthenticateRequest.create(login))
    metadata = { token }
    process.send('logged in')
  }
})

async function probe() {
  for (;;) {
    const sinceMs = performance.now()
    // Refused until it has logged in.
    await connection.unary(KV.range, request, { metadata }).catch(() => {})
    let waitMs = performance.now() - sinceMs
    // Gets that would have been sent meanwhile would have waited too.
    for (; waitMs > periodMs; waitMs -= periodMs) waits.push(waitMs)
    waits.push(waitMs)
    // Only now, so that the get that was under way counts.
    if (isWanted) process.send(figures(waits))
    isWanted = false
    await new Promise((resolve) => setTimeout(resolve, periodMs))
  }
}

function figures(all) {
  const sorted = Float64Array.from(all).sort()
  const at = (share) => sorted[Math.ceil(sorted.length * share) - 1]
  return { gets: sorted.length, longestMs: at(1), p999Ms: at(0.999) }
}

await probe()
