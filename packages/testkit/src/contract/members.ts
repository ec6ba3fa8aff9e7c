import {
  Cluster,
  DowngradeRequest_DowngradeAction,
  Maintenance,
  MemberListRequest,
  StatusRequest,
} from '@waypost/protocol'
import { StatusCode } from '@waypost/rpc'
import { describe, expect, it } from 'vitest'
import { Wire } from '../wire/wire.ts'
import { type ContractSuite, notLike34 } from './contract-store.ts'
import { currentRevision } from './current-revision.ts'
import { expectRefusal } from './expect-refusal.ts'
import { keyScope } from './key-scope.ts'

const { INVALID_ARGUMENT, FAILED_PRECONDITION, NOT_FOUND, UNKNOWN } = StatusCode

/** What a store says of itself: enough for clients that look before they work. */
export const membersContract: ContractSuite = (store) => {
  describe('Cluster', () => {
    it('MemberList has members with stable ids, and the header names one of them', async () => {
      const { wire } = store()
      const { members, header } = await wire.call(Cluster.memberList, MemberListRequest.create({}))
      const ids = members.map((member) => member.id)
      expect(members.length).toBe(store().isCluster ? 3 : 1)
      expect(ids).not.toContain(0n)
      expect(ids).toContain(header?.memberId)
      expect(members.every((member) => member.name !== '' && !member.isLearner)).toBe(true)
      const again = await wire.call(Cluster.memberList, MemberListRequest.create({ linearizable: true }))
      expect(again.members).toEqual(members)
    })

    it("MemberList's header has no revision", async () => {
      const { header } = await store().wire.call(Cluster.memberList, MemberListRequest.create({}))
      expect(header?.clusterId).not.toBe(0n)
      expect(header?.revision).toBe(0n)
    })

    it('MemberList names client URLs that can be dialled', async () => {
      const { members } = await store().wire.call(Cluster.memberList, MemberListRequest.create({}))
      for (const member of members) {
        const [url] = member.clientUrls
        await using wire = new Wire(url ?? '')
        expect(await currentRevision(wire)).toBeGreaterThan(0n)
      }
    })

    it('a member that is unknown can be neither removed, updated nor promoted', async () => {
      const { wire } = store()
      const unknown = (call: Promise<unknown>): Promise<void> =>
        expectRefusal(call, NOT_FOUND, 'etcdserver: member not found')
      await unknown(wire.call(Cluster.memberRemove, { id: 5n }))
      await unknown(wire.call(Cluster.memberUpdate, { id: 5n, peerUrls: ['http://127.0.0.1:9'] }))
      await unknown(wire.call(Cluster.memberPromote, { id: 5n }))
    })

    it('a member is added by its peer URLs, each a scheme, a host and a port', async () => {
      const { wire } = store()
      const lists = [[], ['x'], ['http://127.0.0.1'], ['http://h:1/a'], ['ftp://h:1'], ['http://h:x']]
      for (const peerUrls of lists)
        await expectRefusal(
          wire.call(Cluster.memberAdd, { peerUrls, isLearner: false }),
          INVALID_ARGUMENT,
          'etcdserver: given member URLs are invalid',
        )
    })

    it('only a learner is promoted, and the last member stays', async () => {
      const { wire } = store()
      const { header } = await wire.call(Cluster.memberList, MemberListRequest.create({}))
      const id = header?.memberId ?? 0n
      await expectRefusal(
        wire.call(Cluster.memberPromote, { id }),
        FAILED_PRECONDITION,
        'etcdserver: can only promote a learner member',
      )
      if (store().isCluster) return
      await expectRefusal(
        wire.call(Cluster.memberRemove, { id }),
        UNKNOWN,
        'etcdserver: re-configuration failed due to not enough started members',
      )
    })
  })

  describe('Maintenance', () => {
    it('Status tells version, leader, raft index and size', async () => {
      const { wire } = store()
      await wire.put(keyScope()('a'), 'x')
      const status = await wire.call(Maintenance.status, StatusRequest.create({}))
      const { members } = await wire.call(Cluster.memberList, MemberListRequest.create({}))
      expect(status.version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
      expect(members.map((member) => member.id)).toContain(status.leader)
      if (!store().isCluster) expect(status.leader).toBe(status.header?.memberId)
      expect(status.raftIndex).toBeGreaterThan(0n)
      expect(status.raftAppliedIndex).toBeGreaterThan(0n)
      expect(status.raftTerm).toBeGreaterThan(0n)
      expect(status.dbSize).toBeGreaterThan(0n)
      expect(status.dbSizeInUse).toBeGreaterThan(0n)
      expect(status.dbSizeInUse).toBeLessThanOrEqual(status.dbSize)
      expect([status.errors, status.isLearner]).toEqual([[], false])
    })

    it('Status moves its raft index with writes', async () => {
      const { wire } = store()
      const before = await wire.call(Maintenance.status, StatusRequest.create({}))
      await wire.put(keyScope()('a'), 'x')
      const after = await wire.call(Maintenance.status, StatusRequest.create({}))
      expect(after.raftIndex).toBeGreaterThan(before.raftIndex)
    })

    it('leadership moves to a member that follows, asked of the leader', async () => {
      const { wire, isCluster } = store()
      await expectRefusal(
        wire.call(Maintenance.moveLeader, { targetId: 5n }),
        FAILED_PRECONDITION,
        isCluster ? 'etcdserver: not leader' : 'etcdserver: bad leader transferee',
      )
      if (isCluster) return
      const { leader } = await wire.call(Maintenance.status, StatusRequest.create({}))
      await wire.call(Maintenance.moveLeader, { targetId: leader })
    })

    it('a downgrade needs a version of the right form, one minor below; to cancel none succeeds', async (context) => {
      notLike34(context, store(), 'downgrade')
      const { wire } = store()
      const { VALIDATE, ENABLE, CANCEL } = DowngradeRequest_DowngradeAction
      const downgrade = (action: number, version: string) => wire.call(Maintenance.downgrade, { action, version })
      for (const action of [VALIDATE, ENABLE]) {
        const wrong = 'etcdserver: wrong downgrade target version format'
        await expectRefusal(downgrade(action, 'soon'), INVALID_ARGUMENT, wrong)
        const invalid = 'etcdserver: invalid downgrade target version'
        await expectRefusal(downgrade(action, '3.0.0'), INVALID_ARGUMENT, invalid)
      }
      expect(await downgrade(CANCEL, '')).toMatchObject({ version: expect.stringMatching(/^3\.\d+$/) })
    })
  })
}
