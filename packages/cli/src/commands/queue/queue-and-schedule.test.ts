import { EtcdClient } from '@waypost/client'
import { Coordination } from '@waypost/coordination'
import { startStore, until } from '@waypost/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWaypost, waypost } from '../../waypost.test-support.ts'

let close: () => Promise<void>
let env: Record<string, string>
let coordination: Coordination

beforeAll(async () => {
  const store = await startStore()
  const etcd = new EtcdClient({ endpoints: store.url })
  coordination = new Coordination(etcd)
  env = { WAYPOST_ENDPOINTS: store.url }
  close = async () => {
    await coordination.close()
    await etcd.close()
    await store.close()
  }
})

afterAll(() => close())

async function json(...args: string[]): Promise<unknown> {
  const { stdout, stderr, code } = await waypost([...args, '-o', 'json'], { env })
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return JSON.parse(stdout)
}

test('jobs are added, seen, followed and put back', async () => {
  const watching = await startWaypost(['queue', 'watch', 'mail'], { env })
  await until('It follows', async () => {
    await waypost(['queue', 'pause', 'mail'], { env })
    return watching.stdout.includes('paused')
  })
  expect(await json('queue', 'add', 'mail', '{"to":"ada"}', '--id', 'a', '--priority', '5')).toEqual({
    id: 'a',
    added: true,
  })
  const again = await waypost(['queue', 'add', 'mail', 'x', '--id', 'a'], { env })
  expect(again.stderr).toContain('has had a job a already')
  expect(again.code).not.toBe(0)
  expect(await json('queue', 'peek', 'mail')).toMatchObject([{ id: 'a', data: { to: 'ada' }, priority: 5 }])
  expect(await json('queue', 'list')).toMatchObject([{ name: 'mail', waiting: 1, isPaused: true }])
  coordination.queue('mail', { attempts: 1 }).work(() => Promise.reject(new Error('no')))
  await waypost(['queue', 'add', 'mail', 'text', '--attempts', '1', '--id', 'b'], { env })
  await waypost(['queue', 'resume', 'mail'], { env })
  await watching.waitForOutput('dead')
  const { stdout } = await waypost(['queue', 'peek', 'mail', '--dead'], { env })
  expect(stdout).toMatch(/b +1 +.*no/)
  expect(await json('queue', 'retry', 'mail', 'b')).toEqual({ id: 'b' })
  expect((await waypost(['queue', 'purge', 'mail', 'all'], { env })).stderr).toContain('--yes')
  expect((await waypost(['queue', 'purge', 'mail', 'all', '--yes'], { env })).stdout).toMatch(/^Took \d+ jobs away/)
  watching.signal('SIGINT')
  expect(await watching.exited).toMatchObject({ code: 0 })
})

test('schedules are made, seen, triggered and paused', async () => {
  const put = [
    'schedule',
    'put',
    'nightly',
    '--cron',
    '0 3 * * *',
    '--time-zone',
    'Asia/Shanghai',
    '--queue',
    'reports',
  ]
  const { stdout } = await waypost(put, { env })
  expect(stdout).toMatch(/^nightly runs next at .*T19:00:00.000Z\.\n$/)
  expect(await json('schedule', 'next', 'nightly', '--count', '2')).toHaveLength(2)
  expect((await waypost(['schedule', 'list'], { env })).stdout).toContain('0 3 * * * (Asia/Shanghai)')
  coordination.schedules.start()
  await json('schedule', 'trigger', 'nightly')
  await until('The run', async () => (await coordination.schedules.history('nightly')).length === 1)
  expect(await json('schedule', 'history', 'nightly')).toMatchObject([{ state: 'running', queue: 'reports' }])
  await json('schedule', 'pause', 'nightly', '--reason', 'holiday')
  expect((await waypost(['schedule', 'list'], { env })).stdout).toContain('paused holiday')
  await json('schedule', 'resume', 'nightly')
  expect((await waypost(['schedule', 'put', 'x', '--cron', 'often'], { env })).stderr).toContain('is not valid')
  await json('schedule', 'delete', 'nightly')
  expect((await waypost(['schedule', 'delete', 'nightly'], { env })).code).not.toBe(0)
})

test('a list of schedules goes on, and shows what became of them', async () => {
  await json('schedule', 'put', 'hourly', '--cron', '0 * * * *')
  const watching = await startWaypost(['schedule', 'list', '--watch'], { env })
  await watching.waitForOutput('0 * * * * (UTC)')
  await json('schedule', 'pause', 'hourly', '--reason', 'inventory')
  await watching.waitForOutput('paused inventory')
  await json('schedule', 'delete', 'hourly')
  await watching.waitForOutput('There is no schedule.')
  watching.signal('SIGINT')
  expect(await watching.exited).toMatchObject({ code: 0, stderr: '' })
})

test('a command under a lock or a lead finds its fencing token', async () => {
  const print = 'process.stdout.write(process.env.WAYPOST_TOKEN ?? process.env.MINE ?? "none")'
  const first = await waypost(['lock', 'x', '--', process.execPath, '-e', print], { env })
  const second = await waypost(['lock', 'x', '--token', 'MINE', '--', process.execPath, '-e', print], { env })
  const third = await waypost(['elect', 'boss', 'me', '--', process.execPath, '-e', print], { env })
  const tokens = [first, second, third].map(({ stdout }) => BigInt(stdout))
  expect(tokens).toEqual([...tokens].sort((a, b) => Number(a - b)))
  expect(new Set(tokens).size).toBe(3)
})
