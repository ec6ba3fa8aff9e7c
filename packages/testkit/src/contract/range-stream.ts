import {
  KV,
  RangeRequest_SortOrder as Order,
  type RangeResponse,
  RangeRequest_SortTarget as Target,
} from '@waypost/protocol'
import { StatusCode } from '@waypost/rpc'
import { beforeEach, describe, expect, it } from 'vitest'
import { type RangeOptions, rangeRequest } from '../wire/requests.ts'
import { kvView } from '../wire/view.ts'
import type { Wire } from '../wire/wire.ts'
import { type ContractSuite, notLike34 } from './contract-store.ts'
import { currentRevision } from './current-revision.ts'
import { expectRefusal, refused } from './expect-refusal.ts'
import { keyScope } from './key-scope.ts'

/** A range that comes in parts: new in etcd 3.7. */
export const rangeStreamContract: ContractSuite = (store) => {
  describe('RangeStream', () => {
    beforeEach((context) => notLike34(context, store(), 'rangeStream'))

    it('is the answer to Range, in parts of which only the last has header, more and count', async () => {
      const { wire } = store()
      const key = keyScope()
      const value = 'v'.repeat(1000)
      const names = Array.from({ length: 3000 }, (_, index) => key(String(index).padStart(4, '0')))
      await Promise.all(names.map((name) => wire.put(name, value)))
      const parts = await rangeStream(wire, key.all, { end: key.end })
      expect(parts.length).toBeGreaterThan(1)
      const last = parts.pop()
      for (const part of parts) {
        expect(part.kvs.length).toBeGreaterThan(0)
        expect([part.header, part.more, part.count]).toEqual([undefined, false, 0n])
      }
      const whole = await wire.range(key.all, { end: key.end })
      expect([last?.count, last?.more, last?.header?.revision]).toEqual([3000n, false, whole.header?.revision])
      expect([...parts, last].flatMap((part) => part?.kvs ?? []).map(kvView)).toEqual(whole.kvs.map(kvView))
    })

    it('obeys limit, keys_only, count_only and revision', async () => {
      const { wire } = store()
      const key = keyScope()
      for (const name of 'abc') await wire.put(key(name), '1')
      const before = await currentRevision(wire)
      await wire.put(key('d'), '1')
      const cases: RangeOptions[] = [
        { end: key.end, limit: 2n },
        { end: key.end, keysOnly: true },
        { end: key.end, countOnly: true },
        { end: key.end, revision: before },
        { end: key.end, sortTarget: Target.KEY, sortOrder: Order.ASCEND },
      ]
      for (const options of cases) {
        const [only, ...others] = await rangeStream(wire, key.all, options)
        expect(others).toEqual([])
        expect(only).toEqual(await wire.range(key.all, options))
      }
    })

    it('refuses other orders, filters, an empty key and revisions that are not there', async () => {
      const { wire } = store()
      const key = keyScope()
      const { UNIMPLEMENTED, INVALID_ARGUMENT } = StatusCode
      const stream = (options: RangeOptions) => rangeStream(wire, key.all, { end: key.end, ...options })
      const orders = 'RangeStream does not support custom sort orders'
      await expectRefusal(stream({ sortOrder: Order.DESCEND }), UNIMPLEMENTED, orders)
      await expectRefusal(stream({ sortTarget: Target.MOD, sortOrder: Order.ASCEND }), UNIMPLEMENTED, orders)
      const filters = 'RangeStream does not support revision filters'
      await expectRefusal(stream({ minModRevision: 1n }), UNIMPLEMENTED, filters)
      await expectRefusal(rangeStream(wire, '', {}), INVALID_ARGUMENT, 'etcdserver: key is not provided')
      await refused.futureRevision(stream({ revision: 1_000_000_000n }))
    })
  })
}

function rangeStream(wire: Wire, key: string, options: RangeOptions): Promise<RangeResponse[]> {
  return new Promise((resolve, reject) => {
    const parts: RangeResponse[] = []
    const stream = wire.connection.stream(KV.rangeStream, {
      onMessage: ({ rangeResponse }) => {
        if (rangeResponse) parts.push(rangeResponse)
      },
      onEnd: (error) => {
        if (error) reject(error)
        else resolve(parts)
      },
    })
    stream.send(rangeRequest(key, options))
    stream.closeSend()
  })
}
