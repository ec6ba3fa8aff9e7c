import { EtcdClient } from '@waypost/client'
import { startStore } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { Registry } from '../registry.ts'

it('gives a name to one owner at a time', async () => {
  const store = await startStore()
  const etcd = new EtcdClient({ endpoints: store.url })
  const { names } = new Registry(etcd)
  expect(await names.apply('user', { owner: 'a' })).toMatchObject({ name: 'user', owner: 'a', isNew: true })
  expect(await names.apply('user', { owner: 'a', description: 'people' })).toMatchObject({ isNew: false })
  await expect(names.apply('user', { owner: 'b' })).rejects.toMatchObject({
    code: 'already-exists',
    details: { owner: 'a' },
  })
  expect(await names.list()).toMatchObject([{ name: 'user', owner: 'a', description: 'people' }])
  await expect(names.release('user', { owner: 'b' })).rejects.toMatchObject({ code: 'already-exists' })
  await names.release('user', { owner: 'a' })
  expect(await names.get('user')).toBeUndefined()
  const both = await Promise.allSettled(['a', 'b'].map((owner) => names.apply('order', { owner })))
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  await etcd.close()
  await store.close()
})
