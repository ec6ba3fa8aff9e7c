import { chmodSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { EmbeddedServer } from '@waypost/server'
import { makeTempDir, removeTempDir, startStore } from '@waypost/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waypost } from '../../waypost.test-support.ts'

let store: EmbeddedServer
let home: string

beforeAll(async () => {
  home = makeTempDir('contexts')
  store = await startStore({ rootPassword: 'secret' })
})

afterAll(async () => {
  await store.close()
  await removeTempDir(home)
})

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  waypost(args, { env: { XDG_CONFIG_HOME: home, ...env } })

test('contexts are added, chosen and used, with passwords by reference and for their owner alone', async () => {
  const dead = ['context', 'add', 'dead', '--endpoints', 'http://127.0.0.1:1']
  expect(await run(dead)).toMatchObject({ code: 0, stderr: '' })
  const add = ['context', 'add', 'prod', '--endpoints', store.url, '--user', 'root', '--namespace', '/prod']
  expect(await run([...add, '--password', 'secret'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--password-env or --password-command'),
  })
  expect((await run([...add, '--password-env', 'PROD_PASSWORD'])).code).toBe(0)
  const file = join(home, 'waypost', 'contexts.json')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(file, 'utf8')).not.toContain('secret')
  expect((await run(['context', 'list'])).stdout).toMatch(
    /^dead \* +http:\/\/127\.0\.0\.1:1\nprod +http\S+ +root +\/prod$/m,
  )

  const env = { PROD_PASSWORD: 'secret' }
  expect(await run(['put', '/a', '1', '--context', 'prod'], env)).toMatchObject({ code: 0, stdout: 'OK\n' })
  expect(await run(['get', '/a', '--context', 'prod'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('PROD_PASSWORD, which is not set'),
  })
  expect((await run(['get', '/a'])).code).toBe(3)
  expect(await run(['context', 'use', 'prod'])).toMatchObject({ code: 0 })
  expect((await run(['get', '/a'], env)).stdout).toBe('/a\n1\n')
  const other = { WAYPOST_ENDPOINTS: store.url, WAYPOST_USER: 'root', WAYPOST_PASSWORD: 'secret' }
  expect((await run(['get', '/prod/a'], other)).stdout).toBe('/prod/a\n1\n')
  expect((await run(['get', '/a', '--context', 'prod'], { ...other, ...env })).stdout).toBe('/a\n1\n')

  const command = [
    ...add.slice(0, 3).with(2, 'piped'),
    ...add.slice(3),
    '--password-command',
    'echo to err >&2; echo secret',
  ]
  expect((await run(command)).code).toBe(0)
  expect((await run(['get', '/a', '--context', 'piped'])).stdout).toBe('/a\n1\n')
})

test('what is not there is said, with what there is', async () => {
  expect(await run(['get', 'a', '--context', 'nope'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/There is no context nope\. There are: dead, prod/),
  })
  expect((await run(['context', 'remove', 'nope'])).code).toBe(4)
  expect((await run(['context', 'remove', 'dead'])).code).toBe(0)
  expect(JSON.parse((await run(['context', 'list', '-o', 'json'])).stdout)).toMatchObject([
    { name: 'prod', current: true, password: { env: 'PROD_PASSWORD' } },
    { name: 'piped', current: false },
  ])
})

test.skipIf(process.platform === 'win32')('a file that others can write is not trusted', async () => {
  const file = join(home, 'waypost', 'contexts.json')
  chmodSync(file, 0o666)
  expect(await run(['get', 'a'])).toMatchObject({ code: 2, stderr: expect.stringContaining('chmod 600') })
})
