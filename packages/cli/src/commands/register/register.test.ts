import { type ChildProcess, spawn } from 'node:child_process'
import { EtcdClient } from '@waypost/client'
import type { EmbeddedServer } from '@waypost/server'
import { startStore, until } from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { bin, waypost } from '../../waypost.test-support.ts'

let store: EmbeddedServer
let client: EtcdClient
const children: ChildProcess[] = []

beforeAll(async () => {
  store = await startStore()
  client = new EtcdClient({ endpoints: store.url })
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

afterAll(async () => {
  await client.close()
  await store.close()
})

/** Started with pipes that nobody reads from then on: their readers are gone. */
function startUnread(...args: string[]): { readonly child: ChildProcess; readonly code: Promise<number | null> } {
  const child = spawn(process.execPath, [bin, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  child.stdout?.destroy()
  child.stderr?.destroy()
  return { child, code: new Promise((resolve) => child.once('exit', resolve)) }
}

function isThere(key: string): Promise<boolean> {
  return client.kv.get(key).then((kv) => kv !== undefined)
}

test('with nobody who reads its output it registers again, and ends with the code of its command', async () => {
  const key = '/services/user/unread'
  // The command puts a key once it is ready for a signal, as nobody sees its output.
  const script = `trap 'exit 7' TERM; '${process.execPath}' '${bin}' put ready yes --endpoints ${store.url}; while :; do sleep 0.1; done`
  const { child, code } = startUnread(
    ...['register', 'user', '127.0.0.1:1', '--id', 'unread', '--wait-timeout', '0', '--endpoints', store.url],
    ...['--', 'sh', '-c', script],
  )
  await until('the command is ready', () => isThere('ready'))
  await until('it is registered', () => isThere(key))
  for (let round = 0; round < 2; round++) {
    const before = (await client.kv.get(key))?.createRevision
    await client.kv.delete(key)
    await until('it is registered again', async () => {
      const kv = await client.kv.get(key)
      return kv !== undefined && kv.createRevision !== before
    })
  }
  child.kill('SIGTERM')
  expect(await code).toBe(7)
  expect(await isThere(key)).toBe(false)
})

test('a port that stays closed leaves no listeners behind', async () => {
  const command = ['--', process.execPath, '-e', 'setTimeout(() => process.exit(5), 1500)']
  const exit = await waypost(['register', 'user', '127.0.0.1:1', '--endpoints', store.url, ...command])
  expect(exit.code).toBe(5)
  expect(exit.stderr).not.toContain('MaxListeners')
})

test('the exit code is that of the command, also when the store is gone when it ends', async () => {
  const other = await startStore()
  const port = other.port
  const script = 'process.stdin.once("data", () => process.exit(9)); console.log("runs"); setInterval(() => {}, 1000)'
  const child = spawn(
    process.execPath,
    [bin, 'register', 'user', '127.0.0.1:1', '--endpoints', `127.0.0.1:${port}`, '--', process.execPath, '-e', script],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  )
  children.push(child)
  const code = new Promise((resolve) => child.once('exit', resolve))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  await other.close()
  child.stdin.write('end\n')
  expect(await code).toBe(9)
})

test.each([
  [['lease', 'keep-alive', '123'], 4],
  [['services', 'nope'], 4],
  [['services', 'describe', 'nope'], 4],
  [['services', 'nope', '-o', 'json'], 4],
])('%j names what does not exist', async (args, code) => {
  expect((await waypost([...args, '--endpoints', store.url])).code).toBe(code)
})
