import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EtcdClient } from '@waypost/client'
import { makeTempDir, removeTempDir, startStore, until } from '@waypost/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { startWaypost, waypost } from '../../waypost.test-support.ts'

test('snapshots are made again and again, verified, and only the newest are kept', async () => {
  const directory = makeTempDir('snapshot-schedule')
  onTestFinished(() => removeTempDir(directory))
  const store = await startStore()
  onTestFinished(() => store.close())
  await using etcd = new EtcdClient({ endpoints: store.url })
  await etcd.kv.put('a', '1')
  for (const name of ['waypost-20200101T000000Z.db', 'notes.txt']) writeFileSync(join(directory, name), '')
  const names = (): string[] =>
    readdirSync(directory)
      .filter((name) => name.endsWith('.db'))
      .toSorted()
  const args = ['snapshot', 'schedule', directory, '--every', '1100ms', '--keep', '2', '--endpoints', store.url]
  await using program = await startWaypost(args)
  await until(
    'the old ones have made room',
    () => names().length === 2 && !names().some((name) => name.includes('2020')),
  )
  program.signal('SIGTERM')
  expect(await program.exited).toMatchObject({ code: 0, stderr: '' })
  for (const name of names()) {
    const status = await waypost(['snapshot', 'status', join(directory, name), '-o', 'json'])
    expect(JSON.parse(status.stdout)).toMatchObject({ revision: 2 })
  }
  expect(readdirSync(directory)).toContain('notes.txt')
})

test('one that cannot be made fails with --once', async () => {
  const directory = makeTempDir('snapshot-once')
  onTestFinished(() => removeTempDir(directory))
  const exit = await waypost(['snapshot', 'schedule', directory, '--once', '--endpoints', '127.0.0.1:1'])
  expect(exit.code).toBe(3)
  expect(readdirSync(directory)).toEqual([])
})
