// How long a test waits for its store: `node start-store-load.js '{"times":…}'`, prints { firstMs, nextMs }.
import { startStore } from '../../packages/testkit/dist/index.js'
import { median } from './measure.js'

const { times } = JSON.parse(process.argv[2])

async function startMs() {
  const startedMs = performance.now()
  const store = await startStore()
  const elapsedMs = performance.now() - startedMs
  await store.close()
  return elapsedMs
}

const firstMs = await startMs()
const further = []
while (further.length < times) further.push(await startMs())
console.log(JSON.stringify({ firstMs, nextMs: median(further) }))
process.exit(0)
