import { EtcdClient } from '@waypost/client'
import { startStore } from '@waypost/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { startWaypost, waypost } from '../../waypost.test-support.ts'

async function store(): Promise<{ etcd: EtcdClient; url: string }> {
  const server = await startStore()
  const etcd = new EtcdClient({ endpoints: server.url })
  onTestFinished(async () => {
    await etcd.close()
    await server.close()
  })
  return { etcd, url: server.url }
}

async function contentOf(etcd: EtcdClient, prefix: string): Promise<Record<string, string>> {
  const entries: [string, string][] = []
  for await (const kv of etcd.kv.list({ prefix })) entries.push([kv.key, kv.text()])
  return Object.fromEntries(entries)
}

test('copies a range as of one revision, and follows in whole revisions', async () => {
  const [a, b] = await Promise.all([store(), store()])
  for (let n = 0; n < 300; n++) await a.etcd.kv.put(`/config/${n}`, `${n}`)
  await a.etcd.kv.put('/other', 'stays')
  const args = ['mirror', '--from', a.url, '--to', b.url, '--prefix', '/config/', '--dest-prefix', '/copy/']
  await using program = await startWaypost(args)
  await program.waitForOutput('following')
  expect(Object.keys(await contentOf(b.etcd, '/copy/'))).toHaveLength(300)
  expect(await b.etcd.kv.get('/other')).toBeUndefined()

  const seen = b.etcd.watch({ prefix: '/copy/' })
  await seen.started
  await a.etcd.kv.delete({ from: '/config/1', to: '/config/2' })
  const { value } = await seen.next()
  expect(value.events).toHaveLength(111)
  await a.etcd.kv.put('/config/last', 'x')
  await expect.poll(async () => (await b.etcd.kv.get('/copy/last'))?.text()).toBe('x')
  await seen.close()
  const exit = await program.stop()
  expect(exit.code).toBe(0)
  expect(exit.stdout).toMatch(/At revision \d+: 412 changes\.\n$/)
})

test('goes on where it was, and copies what differs when the history is gone', async () => {
  const [a, b] = await Promise.all([store(), store()])
  const args = ['mirror', '--from', a.url, '--to', b.url, '--prefix', '/x/']
  const runUntil = async (content: Record<string, string>): Promise<string> => {
    await using program = await startWaypost(args)
    await program.waitForOutput('following')
    await expect.poll(() => contentOf(b.etcd, '/x/')).toEqual(content)
    return (await program.stop()).stdout
  }
  await a.etcd.kv.put('/x/a', '1')
  await a.etcd.kv.put('/x/b', '1')
  await runUntil({ '/x/a': '1', '/x/b': '1' })
  await a.etcd.kv.delete('/x/a')
  await a.etcd.kv.put('/x/c', '1')
  expect(await runUntil({ '/x/b': '1', '/x/c': '1' })).toContain(': 2 changes')

  await a.etcd.kv.delete('/x/b')
  const { revision } = await a.etcd.kv.put('/x/d', '1')
  await a.etcd.kv.compact(revision)
  expect(await runUntil({ '/x/c': '1', '/x/d': '1' })).toContain(': 2 changes')
})

test('replaces nothing that it did not write, unless it is told to', async () => {
  const [a, b] = await Promise.all([store(), store()])
  await a.etcd.kv.put('/x/a', '1')
  await b.etcd.kv.put('/x/precious', '1')
  const args = ['mirror', '--from', a.url, '--to', b.url, '--prefix', '/x/', '--once']
  const refused = await waypost(args)
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('/x/precious') })
  expect(await contentOf(b.etcd, '/x/')).toEqual({ '/x/precious': '1' })
  expect(await waypost([...args, '--overwrite'])).toMatchObject({ code: 0 })
  expect(await contentOf(b.etcd, '/x/')).toEqual({ '/x/a': '1' })
})

test('refuses to copy keys onto themselves', async () => {
  const { etcd, url } = await store()
  await etcd.kv.put('/x/a', '1')
  expect(
    await waypost(['mirror', '--from', url, '--to', url, '--prefix', '/x/', '--dest-prefix', '/x/y/']),
  ).toMatchObject({ code: 1, stderr: expect.stringContaining('same keys of the same store') })
})

test('gives way when another mirror writes to the same place', async () => {
  const [a, b] = await Promise.all([store(), store()])
  await a.etcd.kv.put('/x/a', '1')
  const args = ['mirror', '--from', a.url, '--to', b.url, '--prefix', '/x/']
  await using first = await startWaypost(args)
  await first.waitForOutput('following')
  await using second = await startWaypost(args)
  await second.waitForOutput('following')
  await a.etcd.kv.put('/x/a', '2')
  const ended = await Promise.race([first.exited, second.exited])
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('another mirror') })
  await a.etcd.kv.put('/x/a', '3')
  await expect.poll(async () => (await b.etcd.kv.get('/x/a'))?.text()).toBe('3')
})
