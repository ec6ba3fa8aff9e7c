import { EtcdClient } from '@waypost/client'
import { startStore } from '@waypost/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { MirrorWriter } from './writer.ts'

test('hears what became of a change that was sent when it was told to stop, and sends no other', async () => {
  const store = await startStore()
  const etcd = new EtcdClient({ endpoints: store.url })
  onTestFinished(async () => {
    await etcd.close()
    await store.close()
  })
  await etcd.kv.get('connected')
  const stop = new AbortController()
  const place = { prefix: '/from/', destPrefix: '/to/' }
  const writer = new MirrorWriter(etcd, place, undefined, stop.signal, () => {})
  const at = (revision: string) => ({ clusterId: '1', revision })
  const write = (name: string) => writer.write([{ key: Buffer.from(name), bytes: Buffer.from('1') }], at('1'), at('2'))

  const sent = write('/to/a')
  stop.abort()
  await sent
  await expect(write('/to/b')).rejects.toMatchObject({ code: 'aborted' })
  expect((await etcd.kv.get('/to/a'))?.text()).toBe('1')
  expect(await etcd.kv.get('/to/b')).toBeUndefined()
})
