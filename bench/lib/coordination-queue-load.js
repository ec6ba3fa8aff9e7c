// A queue: `node coordination-queue-load.js '{"port":…,"jobs":…,"workers":…}'` adds jobs while worker processes complete them.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { EtcdClient } from '../../packages/client/dist/index.js'
import { Coordination } from '../../packages/coordination/dist/index.js'

const { port, jobs, workers, role } = JSON.parse(process.argv[2])
const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${port}`, timeoutMs: 60_000 })
const coordination = new Coordination(etcd)
const queue = coordination.queue('bench')

if (role === 'worker') {
  queue.work(async () => 1, { concurrency: 50 })
  process.send('ready')
  process.once('disconnect', () => process.exit(0))
} else {
  const self = fileURLToPath(import.meta.url)
  const children = Array.from({ length: workers }, () => fork(self, [JSON.stringify({ port, role: 'worker' })]))
  await Promise.all(children.map((child) => new Promise((resolve) => child.once('message', resolve))))
  const completed = { prefix: '/waypost/queues/bench/completed/' }
  let total = 0
  const run = async (count) => {
    total += count
    const adding = async (from) => {
      for (let index = from; index < count; index += 50) await queue.add({ index, text: 'x'.repeat(100) })
    }
    await Promise.all(Array.from({ length: 50 }, (_, from) => adding(from)))
    while ((await etcd.kv.count(completed)) < BigInt(total)) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  // Not counted: a worker that runs all day runs compiled code.
  await run(Math.floor(jobs / 2))
  const beganMs = performance.now()
  await run(jobs)
  const perSecond = jobs / ((performance.now() - beganMs) / 1_000)
  for (const child of children) child.disconnect()
  await coordination.close()
  await etcd.close()
  console.log(JSON.stringify({ perSecond }))
}
