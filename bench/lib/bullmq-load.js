// The same load on BullMQ: `node bullmq-load.js '{"port":…,"jobs":…,"workers":…}'`, port being that of Redis.
import { fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const { Queue, Worker } = createRequire(new URL('../peers/package.json', import.meta.url))('bullmq')
const { port, jobs, workers, role } = JSON.parse(process.argv[2])
const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null }

if (role === 'worker') {
  const worker = new Worker('bench', async () => 1, { connection, concurrency: 50 })
  await worker.waitUntilReady()
  process.send('ready')
  process.once('disconnect', () => process.exit(0))
} else {
  const self = fileURLToPath(import.meta.url)
  const children = Array.from({ length: workers }, () => fork(self, [JSON.stringify({ port, role: 'worker' })]))
  await Promise.all(children.map((child) => new Promise((resolve) => child.once('message', resolve))))
  const queue = new Queue('bench', { connection })
  await queue.waitUntilReady()
  let total = 0
  const run = async (count) => {
    total += count
    const adding = async (from) => {
      for (let index = from; index < count; index += 50) await queue.add('job', { index, text: 'x'.repeat(100) })
    }
    await Promise.all(Array.from({ length: 50 }, (_, from) => adding(from)))
    while ((await queue.getCompletedCount()) < total) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  // Not counted: a worker that runs all day runs compiled code.
  await run(Math.floor(jobs / 2))
  const beganMs = performance.now()
  await run(jobs)
  const perSecond = jobs / ((performance.now() - beganMs) / 1_000)
  for (const child of children) child.disconnect()
  await queue.close()
  console.log(JSON.stringify({ perSecond }))
  process.exit(0)
}
