// Three instances of one application: a cron that runs once in the fleet, a queue whose worker is killed in the middle
// of a job, and a lock that refuses the write of a holder that was replaced.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { connect, put } from 'waypost'

const say = (line) => console.log(line)
const waypost = await connect({ coordination: { ttlSeconds: 2 } })
const { coordination, etcd } = waypost
const heard = []
const instances = new Map()

function start(name) {
  const child = fork(fileURLToPath(new URL('./instance.mjs', import.meta.url)), {
    env: { ...process.env, INSTANCE: name },
  })
  child.on('message', (message) => heard.push(message))
  instances.set(name, child)
  return until(() => heard.some((each) => each.type === 'ready' && each.name === name))
}

async function until(check) {
  const endMs = performance.now() + 60_000
  for (;;) {
    const found = await check()
    if (found) return found
    if (performance.now() > endMs) throw new Error('It did not happen within a minute.')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

say('1. Three instances start, each with the same cron.')
await Promise.all(['a', 'b', 'c'].map(start))
const crons = () => heard.filter(({ type }) => type === 'cron')
await until(() => crons().length >= 3)
const times = crons().map(({ at }) => at)
say(
  `   It ran ${times.length >= 3 ? 'each second' : 'too seldom'}, ${new Set(times).size === times.length ? 'once in the fleet' : 'more than once'}.`,
)

say('2. The leader is killed.')
const leader = crons().at(-1).name
instances.get(leader).kill('SIGKILL')
await until(() => crons().some(({ name }) => name !== leader))
const all = crons().map(({ at }) => at)
say(`   Another instance goes on. No run was made twice: ${new Set(all).size === all.length}.`)

say('3. A worker is killed in the middle of a job.')
const mails = coordination.queue('mail')
const { id } = await mails.add({ to: 'ada@example.org' })
const began = await until(() => heard.find(({ type }) => type === 'began'))
instances.get(began.name).kill('SIGKILL')
const result = await mails.result(id)
say(
  `   The job came back and was ${result.startsWith('sent by ') && !result.endsWith(began.name) ? 'done by another worker' : 'lost'}.`,
)

say('4. A lock, and a holder that does not know that it was replaced.')
const old = await coordination.lock('billing')
await etcd.kv.delete(old.key)
const other = await connect()
const current = await other.coordination.lock('billing')
await current.guard(other.etcd.txn().do(put('billing/closed', 'by the new holder'))).commit()
const late = await old.guard(etcd.txn().do(put('billing/closed', 'by the old holder'))).commit()
say(
  `   The late write was ${late.succeeded ? 'accepted' : 'refused'}; the register says: ${(await etcd.kv.get('billing/closed')).text()}.`,
)
say(`   The token has risen: ${current.token > old.token}.`)

for (const child of instances.values()) child.kill('SIGTERM')
await other.close()
await waypost.close()
