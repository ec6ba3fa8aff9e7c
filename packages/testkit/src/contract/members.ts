import { Cluster, Maintenance, MemberListRequest, StatusRequest } from '@waypost/protocol'
import { describe, expect, it } from 'vitest'
import { Wire } from '../wire/wire.ts'
import type { ContractSuite } from './contract-store.ts'
import { currentRevision } from './current-revision.ts'
import { keyScope } from './key-scope.ts'

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
  })
}
