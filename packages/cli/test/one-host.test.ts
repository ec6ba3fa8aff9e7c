import { fileURLToPath } from 'node:url'
import type { EmbeddedServer } from '@waypost/server'
import { Program, startStore } from '@waypost/testkit'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { waypost } from '../src/waypost.test-support.ts'

let store: EmbeddedServer

beforeAll(async () => {
  store = await startStore()
})

afterAll(() => store.close())

/** Loads the configuration of the application `order`, registers, follows the service, and prints each `pool` it has. */
const application = `
  import { connect } from 'waypost'
  const waypost = await connect()
  const live = await waypost.config.load({ app: 'order' })
  await waypost.registry.register({ service: 'order', port: Number(process.env.PORT) })
  await waypost.registry.discover('order')
  console.log(waypost.etcd.identity.process, live.current.pool)
  for await (const _ of live.changes()) console.log(waypost.etcd.identity.process, live.current.pool)
`
const here = fileURLToPath(new URL('.', import.meta.url))

async function start(port: number): Promise<Program> {
  const env = { ...process.env, WAYPOST_ENDPOINTS: store.url, WAYPOST_INSTANCE: '', PORT: String(port) }
  const program = await Program.start(process.execPath, ['--input-type=module', '-e', application], { cwd: here, env })
  onTestFinished(async () => {
    await program.kill()
  })
  await program.waitForOutput(/ \d+\n/, 30_000)
  return program
}

const poolOf = ({ stdout }: Program): string | undefined => stdout.trimEnd().split(' ').at(-1)
const processOf = ({ stdout }: Program): string => stdout.split(' ')[0] ?? ''

async function cli(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await waypost([...args, '--endpoints', store.url])
  expect(code, stderr).toBe(0)
  return stdout
}

test('of three processes on one host a canary of 34 % reaches one, which keeps it over a restart', async () => {
  await cli('config', 'set', 'order/application.yaml', 'pool: 10', '--author', 'mei')
  const ports = [3001, 3002, 3003]
  const programs = await Promise.all(ports.map(start))
  const names = programs.map(processOf)
  expect(new Set(names.map((name) => name.slice(0, -'-00000000'.length))).size).toBe(3)

  const made = await waypost(
    ['config', 'canary', 'create', 'order/application.yaml', 'pool', '-', '--percent', '34', '--endpoints', store.url],
    { stdin: 'pool: 99\n' },
  )
  expect(made.code, made.stderr).toBe(0)
  await expect.poll(() => programs.map(poolOf).toSorted(), { timeout: 20_000 }).toEqual(['10', '10', '99'])

  const reached = programs.findIndex((program) => poolOf(program) === '99')
  const others = [0, 1, 2].filter((index) => index !== reached)
  const status = await cli('config', 'status', 'order/application.yaml')
  const described = await cli('services', 'describe', 'order')
  const processes = JSON.parse(await cli('config', 'status', 'order/application.yaml', '-o', 'json')).processes
  for (const [index, name] of names.entries()) {
    expect(status).toContain(name)
    expect(described).toContain(name)
    expect(processes.find((each: { process: string }) => each.process === name).canary ?? null).toBe(
      index === reached ? 'pool' : null,
    )
  }

  for (const index of [reached, others[0] ?? 0]) {
    const before = programs[index]
    await before?.kill()
    const again = await start(ports[index] ?? 0)
    expect(poolOf(again)).toBe(index === reached ? '99' : '10')
    // A new process of the same instance.
    expect(processOf(again)).not.toBe(names[index])
    expect(processOf(again).slice(0, -8)).toBe(names[index]?.slice(0, -8))
  }
  expect(await cli('audit')).toMatch(/AT +WHO +PROCESS +DID[\s\S]*mei +\S+-[0-9a-f]{8} +publish/)
}, 120_000)
