import { EtcdClient } from '@waypost/client'
import { until } from '@waypost/testkit'
import { beforeEach, expect, it } from 'vitest'
import { ConfigCenter } from '../../admin/config-center.ts'
import { onEachStore } from '../../each-store.test-support.ts'

onEachStore('recorders', (on) => {
  let etcd: EtcdClient
  let config: ConfigCenter

  beforeEach(() => {
    ;({ etcd, config } = on())
  })

  it('record what is changed by hand once, however many there are, and leave releases alone', async () => {
    await etcd.kv.put('/config/before.yaml', 'n: 1')
    const recorded: string[] = []
    const onRecorded = (path: string): void => void recorded.push(path)
    const recorders = [1, 2, 3].map(() => config.releases.recordExternalChanges({ onRecorded }))
    const kinds = async (path: string): Promise<string> =>
      (await config.releases.history(path)).releases.map(({ kind }) => kind).join(' ')
    try {
      await until('The first record', async () => (await kinds('before.yaml')) === 'external')
      for (let n = 1; n <= 5; n++) await config.releases.publish('released.yaml', `n: ${n}`)
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
    const client = new EtcdClient({ endpoints: on().store.url })
    const ending = new ConfigCenter(client)
    ending.releases.recordExternalChanges()
    ending.canaries.guard()
    await ending.close()
    await etcd.kv.put('/config/later.yaml', 'n: 1')
    expect(await config.releases.history('later.yaml')).toMatchObject({ changedByHand: true })
    await client.close()
  })
})
