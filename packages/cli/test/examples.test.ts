import { fileURLToPath } from 'node:url'
import { Program, run, startStore } from '@waypost/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from 'waypost'

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url))
const runner = `${examples}run.js`

test('02: etcd3 and Waypost see what the other registers and saves', async () => {
  const exit = await run(process.execPath, [runner, '02-etcd3-side-by-side/main.mjs'], {
    env: environment(),
  })
  expect(exit.code, exit.stderr).toBe(0)
  expect(exit.stdout).toContain('etcd3 discovers   [ 3000, 3002, 3004 ]\nWaypost discovers [ 3000, 3002, 3004 ]\n')
  expect(exit.stdout).toContain('etcd3 reads       saved by Waypost\nWaypost reads     saved by etcd3\n')
  expect(exit.stdout).toContain('etcd3 reads       null\n')
})

test('06: a cron once in a fleet, a job whose worker is killed, and a lock that fences', async () => {
  const exit = await run(process.execPath, [runner, '06-coordination/main.mjs'], {
    env: environment(),
    timeoutMs: 100_000,
  })
  expect(exit.code, exit.stderr).toBe(0)
  expect(exit.stdout).toContain('It ran each second, once in the fleet.\n')
  expect(exit.stdout).toContain('No run was made twice: true.\n')
  expect(exit.stdout).toContain('The job came back and was done by another worker.\n')
  expect(exit.stdout).toContain('The late write was refused; the register says: by the new holder.\n')
  expect(exit.stdout).toContain('The token has risen: true.\n')
})

test('an example runs on the store that is named', async () => {
  const store = await startStore()
  onTestFinished(() => store.close())
  const waypost = await connect({ endpoints: store.url, env: {} })
  onTestFinished(() => waypost.close())
  const example = await Program.start(process.execPath, [runner, '01-quickstart/first.mjs', '--store', store.url], {
    env: environment(),
  })
  onTestFinished(async () => {
    await example.stop()
  })
  await example.waitForOutput('the greeting is hello\n')
  const users = await waypost.registry.discover('user')
  expect(users.instances.map(({ port }) => port)).toEqual([3000])
})

function environment(): NodeJS.ProcessEnv {
  const { WAYPOST_ENDPOINTS: _, ...env } = process.env
  return env
}
