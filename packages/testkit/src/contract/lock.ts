import { Lock, LockRequest, type LockResponse, UnlockRequest } from '@waypost/protocol'
import { StatusCode } from '@waypost/rpc'
import { describe, expect, test } from 'vitest'
import { bytes } from '../wire/requests.ts'
import { keysOf, text } from '../wire/view.ts'
import type { Wire } from '../wire/wire.ts'
import { type ContractSuite, notLike34 } from './contract-store.ts'
import { expectRefusal } from './expect-refusal.ts'
import { keyScope } from './key-scope.ts'

function lock(wire: Wire, name: string, lease = 0n): Promise<LockResponse> {
  return wire.call(Lock.lock, LockRequest.create({ name: bytes(name), lease }))
}

async function unlock(wire: Wire, key: Uint8Array): Promise<void> {
  await wire.call(Lock.unlock, UnlockRequest.create({ key }))
}

async function leaseOf(wire: Wire): Promise<bigint> {
  return (await wire.grant(60n)).id
}

/** Resolves once `count` keys stand in the queue. */
async function queued(wire: Wire, name: string, count: number): Promise<void> {
  await expect.poll(async () => (await wire.range(`${name}/`, { end: `${name}0` })).kvs).toHaveLength(count)
}

export const lockContract: ContractSuite = (store) => {
  describe('the lock service', () => {
    test('the key is the name and the lease in hexadecimal', async () => {
      const { wire } = store()
      const name = keyScope()('lock')
      const lease = await leaseOf(wire)
      const { key, header } = await lock(wire, name, lease)
      expect(text(key)).toBe(`${name}/${lease.toString(16)}`)
      const { kvs } = await wire.range(key)
      expect(kvs).toMatchObject([{ lease, version: 1n, createRevision: header?.revision }])
      await unlock(wire, key)
      expect((await wire.range(key)).kvs).toEqual([])
    })

    test('without a lease the server makes one of sixty seconds', async () => {
      const { wire } = store()
      const { key } = await lock(wire, keyScope()('lock'))
      const [kv] = (await wire.range(key)).kvs
      expect(await wire.timeToLive(kv?.lease ?? 0n)).toMatchObject({ grantedTtl: 60n })
      await wire.revoke(kv?.lease ?? 0n)
    })

    test('who holds it gets it again at once', async () => {
      const { wire } = store()
      const name = keyScope()('lock')
      const lease = await leaseOf(wire)
      const first = await lock(wire, name, lease)
      const again = await lock(wire, name, lease)
      expect(again.key).toEqual(first.key)
      await unlock(wire, first.key)
    })

    test('waiters get it one after the other, in the order in which they came', async () => {
      const { wire } = store()
      const name = keyScope()('lock')
      const order: number[] = []
      const holder = await lock(wire, name, await leaseOf(wire))
      const waiters: Promise<void>[] = []
      for (let number = 1; number <= 4; number++) {
        const lease = await leaseOf(wire)
        waiters.push(
          lock(wire, name, lease).then(async ({ key }) => {
            order.push(number)
            expect(keysOf((await wire.range(`${name}/`, { end: `${name}0` })).kvs)).toHaveLength(5 - number)
            await unlock(wire, key)
          }),
        )
        await queued(wire, name, number + 1)
      }
      expect(order).toEqual([])
      await unlock(wire, holder.key)
      await Promise.all(waiters)
      expect(order).toEqual([1, 2, 3, 4])
    })

    test('the end of the lease of the holder lets the next one in', async () => {
      const { wire } = store()
      const name = keyScope()('lock')
      const lease = await leaseOf(wire)
      await lock(wire, name, lease)
      const next = lock(wire, name, await leaseOf(wire))
      await queued(wire, name, 2)
      await wire.revoke(lease)
      await unlock(wire, (await next).key)
    })

    test('a waiter that leaves takes its key with it, and those behind it move up', async () => {
      const { wire } = store()
      const name = keyScope()('lock')
      const holder = await lock(wire, name, await leaseOf(wire))
      const leaver = new AbortController()
      const left = wire.connection
        .unary(Lock.lock, LockRequest.create({ name: bytes(name), lease: await leaseOf(wire) }), {
          signal: leaver.signal,
        })
        .catch((error: unknown) => error)
      await queued(wire, name, 2)
      const last = lock(wire, name, await leaseOf(wire))
      await queued(wire, name, 3)
      leaver.abort()
      await left
      await queued(wire, name, 2)
      await unlock(wire, holder.key)
      await unlock(wire, (await last).key)
    })

    test('a waiter whose own lease has ended meanwhile does not get it', async (context) => {
      notLike34(context, store(), 'expiredWaiter')
      const { wire } = store()
      const name = keyScope()('lock')
      const holder = await lock(wire, name, await leaseOf(wire))
      const lease = await leaseOf(wire)
      const waiting = expectRefusal(lock(wire, name, lease), StatusCode.UNKNOWN, 'mutex: session is expired')
      await queued(wire, name, 2)
      await wire.revoke(lease)
      await unlock(wire, holder.key)
      await waiting
    })

    test('a lease that does not exist', async () => {
      await expectRefusal(
        lock(store().wire, keyScope()('lock'), 77n),
        StatusCode.UNKNOWN,
        'etcdserver: requested lease not found',
      )
    })

    test('unlocking what is not locked does nothing', async () => {
      const { wire } = store()
      await unlock(wire, bytes(keyScope()('nobody')))
    })
  })
}
