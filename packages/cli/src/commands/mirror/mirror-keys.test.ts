import { EtcdClient } from '@waypost/client'
import { startStore } from '@waypost/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { mirror } from './mirror-keys.ts'

async function store(): Promise<EtcdClient> {
  const server = await startStore()
  const etcd = new EtcdClient({ endpoints: server.url })
  onTestFinished(async () => {
    await etcd.close()
    await server.close()
  })
  return etcd
}

test('ends when it is told to stop with the last of the copy', async () => {
  const [from, to] = await Promise.all([store(), store()])
  await from.kv.put('/x/a', '1')
  let copied = 0
  const stop = new AbortController()
  await mirror({
    ...{ from, to, prefix: '/x/', destPrefix: '/x/', once: false, overwrite: false, signal: stop.signal },
    onProgress: ({ state }) => {
      if (state === 'copying') copied += 1
      // What is in the destination has been written, and what is too much there has been deleted.
      if (copied === 2) stop.abort()
    },
    onTrouble: () => {},
  })
  expect((await to.kv.get('/x/a'))?.text()).toBe('1')
})
