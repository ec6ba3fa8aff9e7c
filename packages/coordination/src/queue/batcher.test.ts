import { put } from '@waypost/client'
import { systemClock } from '@waypost/core'
import { expect, test } from 'vitest'
import { onEachStore } from '../each-store.test-support.ts'
import { partsOf } from '../shared/settings.ts'
import { Batcher } from './batcher.ts'

onEachStore('steps that travel together', (on) => {
  test('are refused one by one: a bad one does not fail those beside it', async () => {
    const { etcd } = on()
    const batcher = new Batcher(partsOf(etcd, { clock: systemClock }), 1)
    const outcomes = await Promise.allSettled([
      batcher.run(put('a', '1'), 10),
      batcher.run(put('b', '1', { lease: 99n }), 10),
      batcher.run(put('c', '1'), 10),
      // Two steps on one key are refused by the store as one request.
      batcher.run(put('c', '2'), 10),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { code: 'lease-not-found' } })
    const { kvs } = await etcd.kv.range({ all: true })
    expect(kvs.map(({ key }) => key)).toEqual(['a', 'c'])
    batcher.close()
  })
})
