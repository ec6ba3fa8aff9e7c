import { EtcdClient } from '@waypost/client'
import { type ContractStore, stores, until } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Config } from '../config.ts'

/** The memory flavour differs from the durable one only in that it cannot be restarted. */
const flavours = stores().filter((flavour) => flavour.name !== 'embedded-memory' && flavour.canRun('recorders'))

describe.each(flavours)('recorders on $name', (flavour) => {
  let store: ContractStore
  let etcd: EtcdClient

  beforeAll(async () => {
    store = await flavour.start()
    etcd = new EtcdClient({ endpoints: store.url })
  })

  afterAll(async () => {
    await etcd?.close()
    await store?.close()
  })

  it('record what is changed by hand once, however many there are, and leave releases alone', async () => {
    const config = new Config(etcd)
    await etcd.kv.put('/config/before.yaml', 'n: 1')
    const recorded: string[] = []
    const onRecorded = (path: string): void => void recorded.push(path)
    const recorders = [1, 2, 3].map(() => config.recordExternalChanges({ onRecorded }))
    const kinds = async (path: string): Promise<string> =>
      (await config.history(path)).releases.map(({ kind }) => kind).join(' ')
    try {
      await until('The first record', async () => (await kinds('before.yaml')) === 'external')
      for (let n = 1; n <= 5; n++) await config.publish('released.yaml', `n: ${n}`)
      await etcd.kv.put('/config/released.yaml', 'n: by hand')
      await until('The second record', async () => (await kinds('released.yaml')).startsWith('external'))
      await etcd.kv.delete('/config/released.yaml')
      await until('The deletion', async () => (await kinds('released.yaml')).startsWith('external external'))
    } finally {
      await Promise.all(recorders.map((recorder) => recorder.close()))
    }
    expect(await kinds('released.yaml')).toBe('external external publish publish publish publish publish')
    expect(recorded.toSorted()).toEqual(['before.yaml', 'released.yaml', 'released.yaml'])
    expect(recorders.map(({ lastError }) => lastError)).toEqual([undefined, undefined, undefined])
  })

  it('end with the configuration, as guards do', async () => {
    const client = new EtcdClient({ endpoints: store.url })
    const config = new Config(client)
    config.recordExternalChanges()
    config.canaries.guard()
    await config.close()
    await etcd.kv.put('/config/later.yaml', 'n: 1')
    const other = new Config(etcd)
    expect(await other.history('later.yaml')).toMatchObject({ changedByHand: true })
    await client.close()
  })
})
