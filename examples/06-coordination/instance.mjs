// One instance of the fleet: runs the cron when it leads, and works on the queue. Started by main.mjs.
import { connect } from 'waypost'

const name = process.env.INSTANCE
const waypost = await connect({ coordination: { processName: name, ttlSeconds: 2 } })
const { schedules, queue } = {
  schedules: waypost.coordination.schedules,
  queue: waypost.coordination.queue('mail', { maxStalls: 5 }),
}

await schedules.run('every-second', { cron: '* * * * * *' }, async ({ plannedAt }) => {
  process.send({ type: 'cron', name, at: plannedAt.toISOString() })
})
const worker = queue.work(
  async ({ data }) => {
    process.send({ type: 'began', name, mail: data })
    await new Promise((resolve) => setTimeout(resolve, 300))
    return `sent by ${name}`
  },
  { concurrency: 1 },
)
worker.onEvent(({ type, id }) => process.send({ type, name, id }))
process.once('SIGTERM', async () => {
  await waypost.close()
  process.disconnect()
})
process.send({ type: 'ready', name })
