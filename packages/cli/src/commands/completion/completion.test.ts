import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EtcdClient } from '@waypost/client'
import type { EmbeddedServer } from '@waypost/server'
import { makeTempDir, removeTempDir, run, startStore } from '@waypost/testkit'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { bin, waypost } from '../../waypost.test-support.ts'

let store: EmbeddedServer

beforeAll(async () => {
  store = await startStore()
  await using etcd = new EtcdClient({ endpoints: store.url })
  for (const key of ['/config/order/application.yaml', '/config/order/prod/a.yaml', '/config/user.yaml']) {
    await etcd.kv.put(key, 'a: 1')
  }
  await etcd.kv.put('/services/user/web-1', '10.0.0.1:80')
})

afterAll(() => store.close())

async function complete(...words: string[]): Promise<string[]> {
  const { stdout } = await waypost(['completion', 'words', '--', ...words], { env: { WAYPOST_ENDPOINTS: store.url } })
  return stdout.split('\n').slice(0, -1)
}

test('commands, options and live names are completed', async () => {
  expect(await complete('sna')).toEqual(['snapshot'])
  expect(await complete('config', 'can')).toEqual(['canary'])
  expect(await complete('config', 'get', '--rel')).toEqual(['--release'])
  expect(await complete('get', '--end')).toEqual(['--endpoints'])
  expect(await complete('config', 'get', '')).toEqual(['order/', 'user.yaml'])
  expect(await complete('config', 'get', 'order/')).toEqual(['order/application.yaml', 'order/prod/'])
  expect(await complete('services', 'drain', 'us')).toEqual(['user'])
  expect(await complete('services', 'drain', 'user', '')).toEqual(['web-1'])
  expect(await complete('services', 'user', '--wat')).toEqual(['--watch'])
  expect(await complete('--endpoints', '127.0.0.1:1', 'config', 'get', '')).toEqual([])
})

test.each([
  ['bash', ['-n']],
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
])('the script for %s has no mistake of syntax', async (shell, check) => {
  const directory = makeTempDir('completion')
  onTestFinished(() => removeTempDir(directory))
  const script = join(directory, 'script')
  writeFileSync(script, (await waypost(['completion', shell])).stdout)
  const found = await run('sh', ['-c', `command -v ${shell}`])
  if (found.code !== 0) return
  expect(await run(shell, [...check, script])).toMatchObject({ code: 0, stderr: '' })
})

test('bash completes a line', async () => {
  const directory = makeTempDir('completion-bash')
  onTestFinished(() => removeTempDir(directory))
  const script = join(directory, 'script')
  writeFileSync(script, (await waypost(['completion', 'bash'])).stdout)
  const program = `waypost() { '${process.execPath}' '${bin}' "$@"; }
    source '${script}'
    COMP_LINE='waypost config get ord' COMP_POINT=22 COMP_WORDS=(waypost config get ord) COMP_CWORD=3
    _waypost
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const exit = await run('bash', ['-c', program], { env: { ...process.env, WAYPOST_ENDPOINTS: store.url } })
  expect(exit.stdout).toBe('order/\n')
})
