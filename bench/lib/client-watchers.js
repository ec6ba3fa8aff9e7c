// How long until the last of many watchers in one process hears of a put, through a client: prints { medianMs }.
import { KV, PutRequest } from '../../packages/protocol/dist/index.js'
import { RpcConnection } from '../../packages/rpc/dist/index.js'
import { openClient } from './client-libraries.js'
import { median } from './measure.js'

const { library, port, watchers, puts, warmUpPuts, limitSeconds } = JSON.parse(process.argv[2])
const key = 'bench/watched'
const request = PutRequest.create({ key: Buffer.from(key), value: Buffer.alloc(64, 'v') })
const answerWithinMs = 10_000

let told = 0
let onLastTold = () => {}
const client = await openClient(library, port)
await Promise.all(
  Array.from({ length: watchers }, () =>
    client.watch(key, (events) => {
      told += events
      if (told === watchers) onLastTold()
    }),
  ),
)
// Not through the client that is measured.
const writer = new RpcConnection(`http://127.0.0.1:${port}`)

async function putMs() {
  told = 0
  const timer = setTimeout(() => {
    console.error(`Only ${told} of ${watchers} watchers were told`)
    process.exit(1)
  }, answerWithinMs)
  const lastTold = new Promise((resolve) => {
    onLastTold = () => resolve(performance.now())
  })
  const startedMs = performance.now()
  const answered = writer.unary(KV.put, request)
  const endedMs = await lastTold
  clearTimeout(timer)
  await answered
  return endedMs - startedMs
}

for (let number = 0; number < warmUpPuts; number++) await putMs()
const untilMs = performance.now() + limitSeconds * 1000
const times = []
while (times.length < puts && performance.now() < untilMs) times.push(await putMs())
console.log(JSON.stringify({ medianMs: median(times) }))
process.exit(0)
