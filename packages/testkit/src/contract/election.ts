import {
  CampaignRequest,
  type CampaignResponse,
  Election,
  LeaderKey,
  LeaderRequest,
  type LeaderResponse,
  ProclaimRequest,
  ResignRequest,
} from '@waypost/protocol'
import { StatusCode } from '@waypost/rpc'
import { describe, expect, test } from 'vitest'
import { InboxStream } from '../wire/inbox-stream.ts'
import { bytes } from '../wire/requests.ts'
import { text } from '../wire/view.ts'
import type { Wire } from '../wire/wire.ts'
import type { ContractSuite } from './contract-store.ts'
import { expectRefusal } from './expect-refusal.ts'
import { keyScope } from './key-scope.ts'

function campaign(wire: Wire, name: string, value: string, lease = 0n): Promise<CampaignResponse> {
  return wire.call(Election.campaign, CampaignRequest.create({ name: bytes(name), value: bytes(value), lease }))
}

async function leaseOf(wire: Wire): Promise<bigint> {
  return (await wire.grant(60n)).id
}

function leader(wire: Wire, name: string): Promise<LeaderResponse> {
  return wire.call(Election.leader, LeaderRequest.create({ name: bytes(name) }))
}

async function resign(wire: Wire, leaderKey: LeaderKey | undefined): Promise<void> {
  await wire.call(Election.resign, ResignRequest.create({ leader: leaderKey }))
}

function observe(wire: Wire, name: string): InboxStream<LeaderRequest, LeaderResponse> {
  const stream = new InboxStream(wire.connection, Election.observe, {})
  stream.send(LeaderRequest.create({ name: bytes(name) }))
  stream.closeSend()
  return stream
}

async function queued(wire: Wire, name: string, count: number): Promise<void> {
  await expect.poll(async () => (await wire.range(`${name}/`, { end: `${name}0` })).kvs).toHaveLength(count)
}

export const electionContract: ContractSuite = (store) => {
  describe('the election service', () => {
    test('the first candidate leads, under a key of the name and the lease', async () => {
      const { wire } = store()
      const name = keyScope()('election')
      const lease = await leaseOf(wire)
      const won = await campaign(wire, name, 'ann', lease)
      expect(won.leader).toMatchObject({ rev: won.header?.revision, lease })
      expect(text(won.leader?.name ?? bytes(''))).toBe(name)
      expect(text(won.leader?.key ?? bytes(''))).toBe(`${name}/${lease.toString(16)}`)
      const { kv } = await leader(wire, name)
      expect(kv).toMatchObject({ lease, createRevision: won.leader?.rev })
      expect(text(kv?.value ?? bytes(''))).toBe('ann')
      await resign(wire, won.leader)
      await expectRefusal(leader(wire, name), StatusCode.UNKNOWN, 'election: no leader')
    })

    test('without a lease the server makes one of sixty seconds', async () => {
      const { wire } = store()
      const won = await campaign(wire, keyScope()('election'), 'ann')
      expect(await wire.timeToLive(won.leader?.lease ?? 0n)).toMatchObject({ grantedTtl: 60n })
      await wire.revoke(won.leader?.lease ?? 0n)
    })

    test('candidates lead one after the other, as they came', async () => {
      const { wire } = store()
      const name = keyScope()('election')
      const ann = await campaign(wire, name, 'ann', await leaseOf(wire))
      const bob = campaign(wire, name, 'bob', await leaseOf(wire))
      await queued(wire, name, 2)
      const cleo = campaign(wire, name, 'cleo', await leaseOf(wire))
      await queued(wire, name, 3)
      await resign(wire, ann.leader)
      const second = await bob
      expect(text((await leader(wire, name)).kv?.value ?? bytes(''))).toBe('bob')
      await wire.revoke(second.leader?.lease ?? 0n)
      await resign(wire, (await cleo).leader)
    })

    test('a candidate that leaves takes its key with it', async () => {
      const { wire } = store()
      const name = keyScope()('election')
      const ann = await campaign(wire, name, 'ann', await leaseOf(wire))
      const leaver = new AbortController()
      const request = CampaignRequest.create({ name: bytes(name), value: bytes('bob'), lease: await leaseOf(wire) })
      const left = wire.connection
        .unary(Election.campaign, request, { signal: leaver.signal })
        .catch((error: unknown) => error)
      await queued(wire, name, 2)
      leaver.abort()
      await left
      await queued(wire, name, 1)
      await resign(wire, ann.leader)
    })

    test('who campaigns again under its lease changes its value', async () => {
      const { wire } = store()
      const name = keyScope()('election')
      const lease = await leaseOf(wire)
      const first = await campaign(wire, name, 'ann', lease)
      const again = await campaign(wire, name, 'anna', lease)
      expect(again.leader).toEqual(first.leader)
      expect(text((await leader(wire, name)).kv?.value ?? bytes(''))).toBe('anna')
      await resign(wire, first.leader)
    })

    test('the leader proclaims a new value; who leads no more cannot', async () => {
      const { wire } = store()
      const name = keyScope()('election')
      const won = await campaign(wire, name, 'one', await leaseOf(wire))
      const proclaim = (value: string) =>
        wire.call(Election.proclaim, ProclaimRequest.create({ leader: won.leader, value: bytes(value) }))
      await proclaim('two')
      const { kv } = await leader(wire, name)
      expect(kv).toMatchObject({ version: 2n, createRevision: won.leader?.rev, lease: won.leader?.lease })
      expect(text(kv?.value ?? bytes(''))).toBe('two')
      await resign(wire, won.leader)
      await expectRefusal(proclaim('three'), StatusCode.UNKNOWN, 'election: not leader')
    })

    test('a resignation of somebody else changes nothing', async () => {
      const { wire } = store()
      const name = keyScope()('election')
      const won = await campaign(wire, name, 'ann', await leaseOf(wire))
      await resign(wire, LeaderKey.create({ ...won.leader, rev: 1n }))
      expect((await leader(wire, name)).kv).toBeDefined()
      await resign(wire, won.leader)
    })

    test('observers hear of each leader and each value', async () => {
      const { wire } = store()
      const name = keyScope()('election')
      const stream = observe(wire, name)
      const next = async () => text((await stream.next()).kv?.value ?? bytes(''))
      const ann = await campaign(wire, name, 'ann', await leaseOf(wire))
      expect(await next()).toBe('ann')
      const bob = campaign(wire, name, 'bob', await leaseOf(wire))
      await queued(wire, name, 2)
      await wire.call(Election.proclaim, ProclaimRequest.create({ leader: ann.leader, value: bytes('ann 2') }))
      expect(await next()).toBe('ann 2')
      await resign(wire, ann.leader)
      expect(await next()).toBe('bob')
      await resign(wire, (await bob).leader)
      const cleo = await campaign(wire, name, 'cleo', await leaseOf(wire))
      expect(await next()).toBe('cleo')
      await stream.close()
      await resign(wire, cleo.leader)
    })

    test('a leader must be named', async () => {
      const { wire } = store()
      const message = '"leader" field must be provided'
      await expectRefusal(wire.call(Election.proclaim, ProclaimRequest.create({})), StatusCode.UNKNOWN, message)
      await expectRefusal(resign(wire, undefined), StatusCode.UNKNOWN, message)
    })

    test('a lease that does not exist', async () => {
      await expectRefusal(
        campaign(store().wire, keyScope()('election'), 'ann', 77n),
        StatusCode.UNKNOWN,
        'etcdserver: requested lease not found',
      )
    })
  })
}
