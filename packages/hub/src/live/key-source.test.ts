import { EtcdClient } from '@waypost/client'
import { startStore } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { followKeys } from './key-source.ts'

it('follows ranges of keys, and tells what a reader has missed', async () => {
  const store = await startStore()
  await using etcd = new EtcdClient({ endpoints: store.url })
  const { revision: first } = await etcd.kv.put('/a/1', 'x')
  const ranges = [{ prefix: '/a/' }, { key: '/b' }]
  const source = await followKeys(
    { etcd, ranges, read: (keys) => ({ keys: [...keys].map(([key, kv]) => `${key}=${kv.text()}`) }) },
    AbortSignal.timeout(10_000),
  )
  expect(source.read()).toEqual({ keys: ['/a/1=x'] })
  const changes: unknown[] = []
  source.onChange((change) => changes.push(change))
  const { revision } = await etcd.kv.put('/b', 'y')
  const data = { revision: String(revision), keys: ['/a/1=x', '/b=y'] }
  await expect.poll(() => changes).toEqual([{ revision, data }])
  expect(await source.changesSince?.(first, AbortSignal.timeout(10_000))).toEqual({
    revision,
    changes: [{ revision, data }],
  })
  await expect(source.changesSince?.(revision + 5n, AbortSignal.timeout(10_000))).rejects.toMatchObject({
    code: 'future-revision',
  })
  await source.close()
  await store.close()
})
