import { EtcdClient } from '@waypost/client'
import { until } from '@waypost/testkit'
import { EventSource } from 'undici'
import { expect, it } from 'vitest'
import { startStoreAndHub } from '../hub.test-support.ts'
import { startHub } from '../hub.ts'

it('is read by an EventSource, which comes back to a hub that was replaced, and goes on where it was', async () => {
  await using running = await startStoreAndHub()
  const { store, hub } = running
  await using etcd = new EtcdClient({ endpoints: store.url })
  const source = new EventSource(`${hub.url}/v1/names/user/instances`)
  const told: string[] = []
  for (const event of ['snapshot', 'change', 'reset', 'end']) {
    source.addEventListener(event, (message) => {
      const { added = [] }: { added?: readonly { id: string }[] } = JSON.parse(String(Reflect.get(message, 'data')))
      told.push([event, ...added.map(({ id }) => id)].join(' '))
    })
  }
  await until('the state is there', () => told.length === 1)
  await etcd.kv.put('/services/user/a', '10.0.0.1:80')
  await until('a change is there', () => told.length === 2)
  await hub.close()
  await etcd.kv.put('/services/user/b', '10.0.0.2:80')
  await using next = await startHub({ endpoints: store.url, port: hub.port, logger: false, timeline: false })
  expect(next.port).toBe(hub.port)
  await until('what was missed is there', () => told.includes('change b'))
  source.close()
  expect(told.filter((event) => event !== 'end')).toEqual(['snapshot', 'change a', 'change b'])
})
