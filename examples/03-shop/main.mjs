// Starts a shop, puts load on it, and does to it what is done to shops: a change of configuration, a rolling deploy, a
// crash. `--quick` does the same on a smaller scale. Ends with a summary, and with code 1 when a request failed.
import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connect } from 'waypost'
import { Load } from './load.mjs'
import { startProcess, stopAll } from './processes.mjs'

const isQuick = process.argv.includes('--quick')
const size = isQuick ? { users: 2, orders: 1 } : { users: 3, orders: 2 }
const pauseMs = isQuick ? 200 : 1_500
const longestMs = 5 * 60_000

build()
const startedMs = performance.now()
const waypost = await connect()
process.once('SIGINT', async () => {
  await stopAll()
  process.exit(130)
})

try {
  process.exitCode = await Promise.race([tellTheStory(), overdue()])
} finally {
  await stopAll()
  await waypost.close()
}

async function tellTheStory() {
  tell('The configuration is released: three documents.')
  await waypost.config.releases.publish('user/application.yaml', 'greeting: hello\n')
  await waypost.config.releases.publish('order/application.yaml', 'discountPercent: 0\n')
  await waypost.config.releases.publish(
    'gateway/routes.yaml',
    'routes:\n  order:\n    path: { prefix: /order }\n    stripPrefix: true\n    target: { service: order }\n',
  )

  tell(`The shop opens: ${size.users} × user, ${size.orders} × order, and a gateway that follows the registry.`)
  const [users, orders, gateway] = await Promise.all([
    fleet('user', size.users, '1.0.0'),
    fleet('order', size.orders, '1.0.0'),
    startProcess('gateway', { SHOP_ID: 'gateway' }),
  ])
  const load = new Load(
    `http://127.0.0.1:${gateway.port}/order/orders`,
    isQuick ? { concurrency: 4, pauseMs: 30 } : { concurrency: 8, pauseMs: 0 },
  )
  await load.until(() => load.count > 50)
  tell(`Customers come: ${load.concurrency} at a time, through the gateway to order, which calls user by name.`)
  await sleep(pauseMs)

  tell('The discount is set to 10 %, and the greeting is changed, while they shop.')
  const publishedMs = performance.now()
  await waypost.config.releases.publishAll([
    { path: 'order/application.yaml', content: 'discountPercent: 10\n' },
    { path: 'user/application.yaml', content: 'greeting: good evening\n' },
  ])
  await load.until(({ price, user }) => price === 90 && user.greeting.startsWith('good evening'))
  const configMs = Math.round(performance.now() - publishedMs)
  tell(`  A customer had both after ${configMs} ms; nothing was restarted.`)
  await sleep(pauseMs)

  const before = { ...load.totals }
  const deployMs = performance.now()
  tell('Version 2.0.0 is rolled out: a new instance comes, an old one drains and goes, one after the other.')
  const newUsers = await rollOut('user', users, '2.0.0')
  if (!isQuick) await rollOut('order', orders, '2.0.0')
  await load.until(({ user }) => user.version === '2.0.0')
  const deploySeconds = ((performance.now() - deployMs) / 1_000).toFixed(1)
  const during = load.totals.answered - before.answered
  const failedDuringDeploy = load.totals.failed - before.failed
  tell(`  ${during} requests were answered meanwhile, ${failedDuringDeploy} failed.`)
  await sleep(pauseMs)

  const [victim] = newUsers
  const view = await waypost.registry.discover('user')
  tell(`${victim.id} is killed without a word.`)
  const killedMs = performance.now()
  await victim.kill()
  for await (const _ of view.changes()) if (view.instances.every(({ id }) => id !== victim.id)) break
  const goneSeconds = ((performance.now() - killedMs) / 1_000).toFixed(1)
  tell(`  Its record was gone after ${goneSeconds} s, with its lease; calls went elsewhere from the first refusal on.`)
  await sleep(pauseMs)

  await load.stop()
  const { answered, failed, firstFailure } = load.totals
  tell('The shop closes.')
  await stopAll()
  const left = await waypost.registry.services()
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1)
  console.log(`
Summary
  requests answered            ${answered}
  requests failed              ${failed}${firstFailure ? ` (first: ${firstFailure})` : ''}
  median, 99th percentile      ${load.percentileMs(50)} ms, ${load.percentileMs(99)} ms
  configuration seen after     ${configMs} ms
  rolling deploy               ${deploySeconds} s, ${failedDuringDeploy} failed requests
  killed instance gone after   ${goneSeconds} s
  services still registered    ${left.length}
  the whole story              ${seconds} s`)
  return failed === 0 && left.length === 0 ? 0 : 1
}

/** What is awaited may never come, when no request is answered any more. */
async function overdue() {
  await sleep(longestMs, undefined, { ref: false })
  throw new Error(`The story is not over after ${longestMs / 60_000} minutes.`)
}

function fleet(program, count, version) {
  return Promise.all(Array.from({ length: count }, (_, index) => instance(program, index, version)))
}

function instance(program, index, version) {
  return startProcess(program, { SHOP_ID: `${program}-${index + 1}-v${version[0]}`, SHOP_VERSION: version })
}

async function rollOut(program, old, version) {
  const fresh = []
  for (const [index, leaving] of old.entries()) {
    fresh.push(await instance(program, index, version))
    await leaving.stop()
    tell(`  ${fresh.at(-1).id} is there, ${leaving.id} has left.`)
  }
  return fresh
}

function build() {
  const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
  const project = fileURLToPath(new URL('.', import.meta.url))
  const { status } = spawnSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

function tell(text) {
  const seconds = ((performance.now() - (startedMs ?? performance.now())) / 1_000).toFixed(1)
  console.log(`${seconds.padStart(6)} s  ${text}`)
}
