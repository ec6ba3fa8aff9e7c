import type { EtcdClient } from '@waypost/client'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ConfigCenter } from '../../admin/config-center.ts'
import { onEachStore } from '../../each-store.test-support.ts'
import { draftKey } from '../../records/keys.ts'

const path = 'order/application.yaml'
const mei = { author: 'mei' }
const li = { author: 'li' }

onEachStore('drafts', (on) => {
  let etcd: EtcdClient
  let config: ConfigCenter

  beforeEach(() => {
    ;({ etcd, config } = on())
  })

  it('go from saved to submitted, approved and published', async () => {
    await config.releases.publish(path, 'n: 1')
    await config.drafts.save(path, 'n: 2', { ...mei, comment: 'more' })
    expect(await config.drafts.submit(path, mei)).toMatchObject({ state: 'submitted', base: 1 })
    expect(await config.drafts.approve(path, { ...li, comment: 'good' })).toMatchObject({
      state: 'approved',
      approvals: [{ by: 'li', comment: 'good' }],
    })
    expect(await config.drafts.publish(path)).toMatchObject({ release: 2 })
    expect(await config.releases.get(path, 2)).toMatchObject({
      author: 'mei',
      comment: 'more',
      bytes: Buffer.from('n: 2'),
    })
    expect(await config.drafts.get(path)).toBeUndefined()
    const { entries } = await config.audit.list()
    expect(entries.map(({ action, author }) => `${action} ${author}`).reverse()).toEqual([
      'publish undefined',
      'draft.save mei',
      'draft.submit mei',
      'draft.approve li',
      'draft.publish mei',
    ])
  })

  it('are published without approval where nothing asks for it', async () => {
    await config.drafts.save(path, 'n: 1', mei)
    expect(await config.drafts.publish(path)).toMatchObject({ release: 1 })
  })

  it('can propose a deletion', async () => {
    await config.releases.publish(path, 'n: 1')
    await config.drafts.save(path, undefined, mei)
    await config.drafts.publish(path)
    expect(await config.get(path)).toBeUndefined()
  })

  it('are not approved by their author, nor before they are submitted, nor by who may not', async () => {
    await config.policies.set('order/', { approvals: 1, approvers: ['mei', 'li'] }, { evenIfUnknown: true })
    await config.drafts.save(path, 'n: 1', mei)
    await expect(config.drafts.approve(path, li)).rejects.toMatchObject({ code: 'failed-precondition' })
    await config.drafts.submit(path, mei)
    await expect(config.drafts.approve(path, mei)).rejects.toMatchObject({ code: 'permission-denied' })
    await expect(config.drafts.approve(path, { author: 'eve' })).rejects.toMatchObject({ code: 'permission-denied' })
  })

  it('lose their approval when they are changed or rejected', async () => {
    await config.drafts.save(path, 'n: 1', mei)
    await config.drafts.submit(path, mei)
    await config.drafts.approve(path, li)
    expect(await config.drafts.save(path, 'n: 2', mei)).toMatchObject({ state: 'draft', approvals: [] })
    await config.drafts.submit(path, mei)
    expect(await config.drafts.reject(path, { ...li, comment: 'no' })).toMatchObject({ state: 'draft' })
  })

  it('must fit the stored schema to be submitted', async () => {
    await config.schemas.set('order/', { required: ['n'] })
    await config.drafts.save(path, 'm: [', mei)
    await expect(config.drafts.submit(path, mei)).rejects.toMatchObject({ code: 'invalid-document' })
    await config.drafts.save(path, 'm: 1', mei)
    await expect(config.drafts.submit(path, mei)).rejects.toMatchObject({ message: expect.stringContaining("'n'") })
  })

  it('belong to their author until somebody takes them over deliberately', async () => {
    const { revision } = await config.drafts.save(path, 'n: 1', mei)
    await expect(config.drafts.save(path, 'n: 2', li)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('mei'),
    })
    const taken = await config.drafts.save(path, 'n: 2', { ...li, revision })
    expect(taken).toMatchObject({ author: 'li' })
    await expect(config.drafts.submit(path, { ...mei, revision })).rejects.toMatchObject({ code: 'conflict' })
    await config.drafts.discard(path, { ...li, revision: taken.revision })
    expect(await config.drafts.list()).toEqual({ drafts: [], damaged: [] })
    await expect(config.drafts.submit(path, li)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('conflict when the document has changed since', async () => {
    await config.releases.publish(path, 'a: 1\nb: 1\nc: 1\n')
    await config.drafts.save(path, 'a: 1\nb: 1\nc: 2\n', mei)
    await config.releases.publish(path, 'a: 2\nb: 1\nc: 1\n')
    await expect(config.drafts.publish(path)).rejects.toMatchObject({ code: 'conflict' })
    expect(await config.drafts.get(path)).toMatchObject({ base: 1 })
    await config.drafts.save(path, 'a: 2\nb: 1\nc: 2\n', { ...mei, base: 2 })
    expect(await config.drafts.publish(path)).toMatchObject({ release: 3 })
  })

  it('collect the approvals that were given at the same time', async () => {
    await config.policies.set('', { approvals: 3 })
    await config.drafts.save(path, 'n: 1', mei)
    await config.drafts.submit(path, mei)
    await Promise.all(['a', 'b', 'c'].map((author) => config.drafts.approve(path, { author })))
    expect(await config.drafts.get(path)).toMatchObject({ state: 'approved' })
  })

  it('are damaged visibly', async () => {
    await etcd.kv.put(draftKey(path), '{}')
    await expect(config.drafts.get(path)).rejects.toMatchObject({ code: 'data-loss' })
    await config.drafts.save('fine.yaml', 'n: 1', mei)
    const { drafts, damaged } = await config.drafts.list()
    expect(drafts.map((draft) => draft.path)).toEqual(['fine.yaml'])
    expect(damaged).toEqual([{ key: draftKey(path), reason: expect.stringContaining('"base"') }])
  })

  describe('where a policy asks for approval', () => {
    beforeEach(async () => {
      await config.policies.set('order/', { approvals: 2 }, { ...mei, evenIfUnknown: true })
    })

    it('nothing is released without it', async () => {
      const refused = { code: 'failed-precondition', message: expect.stringContaining('approval') }
      await expect(config.releases.publish(path, 'n: 1')).rejects.toMatchObject(refused)
      await expect(config.releases.unpublish(path)).rejects.toMatchObject(refused)
      await expect(
        config.canaries.create(path, { name: 'a', rule: { percent: 1 }, content: 'n: 1' }),
      ).rejects.toMatchObject(refused)
      await config.drafts.save(path, 'n: 1', mei)
      await config.drafts.submit(path, mei)
      await config.drafts.approve(path, li)
      await expect(config.drafts.publish(path)).rejects.toMatchObject({
        message: expect.stringContaining('1 of the 2 approvals'),
      })
      await config.drafts.approve(path, { author: 'wang' })
      await config.drafts.publish(path)
      await config.releases.publish('order-admin/application.yaml', 'n: 1')
    })

    it('an emergency passes, and stands in the audit', async () => {
      await config.releases.publish(path, 'n: 1', { author: 'mei', bypassApproval: 'shop is down' })
      const { entries } = await config.audit.list({ limit: 1 })
      expect(entries[0]?.comment).toBe('without approval: shop is down')
      await config.drafts.save(path, 'n: 2', mei)
      await config.drafts.publish(path, { bypassApproval: 'still down' })
      const { entries: later } = await config.audit.list({ limit: 1 })
      expect(later[0]).toMatchObject({ action: 'draft.publish', comment: 'without approval: still down' })
    })

    it('going back to an old release needs none', async () => {
      await config.releases.publish(path, 'n: 1', { bypassApproval: 'test' })
      await config.releases.publish(path, 'n: 2', { bypassApproval: 'test' })
      expect(await config.releases.rollback(path, 1)).toMatchObject({ release: 3 })
    })

    it('a more specific policy wins, and a damaged one stops everything it may be about', async () => {
      await config.policies.set(path, { approvals: 0 }, { evenIfUnknown: true })
      await config.releases.publish(path, 'n: 1')
      expect(await config.policies.list()).toEqual([
        { scope: 'order/', approvals: 2 },
        { scope: path, approvals: 0 },
      ])
      await etcd.kv.put(`/waypost/config/policies/${path}`, 'nonsense')
      await expect(config.releases.publish(path, 'n: 2')).rejects.toMatchObject({ code: 'invalid-document' })
      expect(await config.policies.delete(path)).toBe(true)
      expect(await config.policies.delete(path)).toBe(false)
    })
  })
})
