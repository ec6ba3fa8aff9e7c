// How long until the last of many watchers hears of a put: `node fan-out-load.js '{"port":…}'`, prints { medianMs }.
import { KV, PutRequest } from '../../packages/protocol/dist/index.js'
import { RpcConnection } from '../../packages/rpc/dist/index.js'
import { median } from './measure.js'
import { openWatchers } from './watchers.js'

const { port, streams, perStream, puts, warmUpPuts, limitSeconds } = JSON.parse(process.argv[2])
const key = Buffer.from('bench/fan-out')
const value = Buffer.alloc(64, 'v')
const answerWithinMs = 10_000

let told = 0
let onLastTold = () => {}
const watchers = await openWatchers({
  port,
  streams,
  perStream,
  keyOf: () => key,
  onTold(events) {
    if (events !== undefined && events.length !== 1) throw new Error(`A message held ${events.length} events`)
    told += 1
    if (told === streams * perStream) onLastTold()
  },
})
const writer = new RpcConnection(`http://127.0.0.1:${port}`)

async function putMs() {
  told = 0
  const timer = setTimeout(() => {
    console.error(`Only ${told} of ${streams * perStream} watchers were told`)
    process.exit(1)
  }, answerWithinMs)
  const lastTold = new Promise((resolve) => {
    onLastTold = () => resolve(performance.now())
  })
  const startedMs = performance.now()
  const answered = writer.unary(KV.put, PutRequest.create({ key, value }))
  const endedMs = await lastTold
  clearTimeout(timer)
  await answered
  return endedMs - startedMs
}

// Every message is looked into while warming up, and only counted afterwards.
for (let number = 0; number < warmUpPuts; number++) {
  if (number === Math.ceil(warmUpPuts / 2)) watchers.countOnly()
  await putMs()
}
watchers.countOnly()
const untilMs = performance.now() + limitSeconds * 1000
const times = []
while (times.length < puts && performance.now() < untilMs) times.push(await putMs())
console.log(JSON.stringify({ medianMs: median(times) }))
process.exit(0)
