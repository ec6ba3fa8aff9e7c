import { EtcdClient } from '@waypost/client'
import { startHub } from '@waypost/hub'
import { patienceMs, startStore } from '@waypost/testkit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { waypost } from '../../waypost.test-support.ts'

let store: Awaited<ReturnType<typeof startStore>>
let hub: Awaited<ReturnType<typeof startHub>>
let etcd: EtcdClient

beforeAll(async () => {
  store = await startStore()
  etcd = new EtcdClient({ endpoints: store.url })
  hub = await startHub({ endpoints: store.url, port: 0, logger: false })
})

afterAll(async () => {
  await hub.close()
  await etcd.close()
  await store.close()
})

function run(...words: string[]) {
  return waypost([...words, '--endpoints', store.url])
}

test('waypost timeline tells what has happened, and what was there', async () => {
  await vi.waitFor(async () => expect((await run('timeline')).stdout).toContain('timeline.began'), {
    timeout: patienceMs,
  })
  const { revision } = await etcd.kv.put('/services/user/a', JSON.stringify({ host: '10.0.0.1', port: 80 }))
  await etcd.kv.delete('/services/user/a')
  await vi.waitFor(
    async () => {
      const { stdout } = await run('timeline', '--service', 'user', '--oldest-first')
      expect(stdout).toMatch(/instance\.up +user\/a is up\n.*instance\.down +user\/a is down: its record was deleted\n/)
    },
    { timeout: patienceMs },
  )
  const { stdout } = await run('timeline', 'at', String(revision), '--service', 'user', '-w', 'json')
  expect(JSON.parse(stdout)).toMatchObject({ known: [{ kind: 'instances', name: 'user/a', facts: { status: 'up' } }] })
  expect((await run('timeline', 'at', '2001-01-01')).code).toBe(4)
  expect((await run('timeline', '--from', 'yesterday')).code).toBe(2)
  expect((await run('timeline', '--kind', 'nonsense')).stderr).toContain('not a kind of event')
})

test('waypost webhook makes, shows, tests, pauses and deletes a webhook', async () => {
  const made = await run(
    'webhook',
    'create',
    'http://127.0.0.1:1/token12345',
    '--kind',
    'instance.down',
    '--name',
    'on call',
  )
  const [, id = ''] = /Created the webhook (wh-\w+)\. Its secret: whsec_/.exec(made.stdout) ?? []
  expect(id).not.toBe('')
  const listed = (await run('webhook', 'list')).stdout
  expect(listed).toContain('on call')
  expect(listed).not.toContain('token12345')
  expect((await run('webhook', 'test', id)).code).toBe(1)
  expect((await run('webhook', 'pause', id)).stdout).toContain('is paused')
  expect((await run('webhook', 'resume', id)).stdout).toContain('is resumed')
  expect((await run('webhook', 'deliveries', id)).code).toBe(0)
  expect((await run('webhook', 'delete', id)).stdout).toContain('is deleted')
  expect((await run('webhook', 'test', id)).stderr).toContain('There is no webhook')
})
