import { put } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { Coordination } from '@waypost/coordination'
import { Registry } from '@waypost/registry'
import { expect, test } from 'vitest'
import { caughtUp, eventsUntil, keep, lineOf, recorded, startRecorder, unrecorded } from './recorder.test-support.ts'

const up = JSON.stringify({ host: '10.0.0.1', port: 80 })

test('records instances, releases, overrides and leaders on one axis', async () => {
  const { etcd, timeline } = await recorded()
  const coordination = keep(new Coordination(etcd))
  const registry = keep(new Registry(etcd))
  const config = keep(new ConfigCenter(etcd))
  const registration = await registry.register({ service: 'user', id: 'a', host: '127.0.0.1', port: 3000 })
  await config.releases.publish('order/app.yaml', 'a: 1', { author: 'ann', comment: 'first' })
  await registry.operate('user').drain('a', { by: 'bob', reason: 'maintenance' })
  await registration.deregister()
  const leadership = await coordination.elect('boss', { value: 'me' })
  await leadership.resign()
  await (await coordination.lock('some-lock')).release()
  await etcd.kv.put('/config/plain', 'x')
  await etcd.kv.delete('/config/plain')
  expect(await eventsUntil(timeline, 'document.removed plain')).toEqual([
    'timeline.began',
    'instance.up user/a',
    'release.published order/app.yaml ann',
    'override.set user/a bob',
    'instance.leaving user/a',
    'instance.down user/a left',
    'candidate.joined boss',
    'leader.elected boss',
    'candidate.left boss resigned',
    'leader.gone boss',
    'document.written plain',
    'document.removed plain',
  ])
})

test('records canaries, drafts, policies and schedules with who did it', async () => {
  const { etcd, timeline } = await recorded()
  const config = keep(new ConfigCenter(etcd))
  await config.releases.publish('order/app.yaml', 'a: 1', { author: 'ann' })
  await config.canaries.create('order/app.yaml', {
    name: 'blue',
    content: 'a: 2',
    rule: { instances: ['i1'] },
    author: 'ann',
    evenIfUnknown: true,
  })
  await config.canaries.promote('order/app.yaml', 'blue', { author: 'bob' })
  await config.policies.set('order/', { approvals: 1 }, { author: 'root', evenIfUnknown: true })
  await config.drafts.save('order/app.yaml', 'a: 3', { author: 'ann' })
  await config.drafts.submit('order/app.yaml', { author: 'ann' })
  await config.drafts.approve('order/app.yaml', { author: 'bob' })
  await config.drafts.publish('order/app.yaml', { author: 'ann' })
  await config.policies.delete('order/', { author: 'root' })
  const schedules = keep(new Coordination(etcd)).schedules
  await schedules.put('nightly', { cron: '0 3 * * *', queue: 'reports' })
  await schedules.pause('nightly')
  await schedules.delete('nightly')
  expect(await eventsUntil(timeline, 'schedule.removed default/nightly')).toEqual([
    'timeline.began',
    'release.published order/app.yaml ann',
    'canary.started order/app.yaml blue ann',
    'release.promoted order/app.yaml bob',
    'canary.ended order/app.yaml blue bob promoted',
    'policy.set order/ root',
    'draft.saved order/app.yaml ann',
    'draft.submitted order/app.yaml ann',
    'draft.approved order/app.yaml bob',
    'release.published order/app.yaml ann',
    'draft.removed order/app.yaml ann published',
    'policy.removed order/ root',
    'schedule.set default/nightly',
    'schedule.paused default/nightly',
    'schedule.removed default/nightly',
  ])
})

test('tells an instance that died from one that was evicted', async () => {
  const { etcd, timeline } = await recorded()
  const lease = await etcd.leases.grant({ ttlSeconds: 60 })
  const other = await etcd.leases.grant({ ttlSeconds: 60 })
  await etcd.kv.put('/services/user/dies', up, { lease: lease.id })
  await etcd.kv.put('/services/user/evicted', up, { lease: other.id })
  await etcd.kv.put('/services/user/persistent', up)
  await etcd.leases.revoke(lease.id)
  await etcd.kv.delete('/services/user/evicted')
  await etcd.kv.delete('/services/user/persistent')
  const lines = await eventsUntil(timeline, 'instance.down user/persistent evicted')
  expect(lines.slice(-3)).toEqual([
    'instance.down user/dies expired',
    'instance.down user/evicted evicted',
    'instance.down user/persistent evicted',
  ])
})

test('goes on where the recorder before it stopped', async () => {
  const { etcd, timeline, recorder } = await recorded()
  await etcd.kv.put('/services/user/a', up)
  await eventsUntil(timeline, 'instance.up user/a')
  await recorder.close()
  await etcd.kv.put('/services/user/b', up)
  await etcd.kv.delete('/services/user/b')
  await startRecorder(etcd)
  await etcd.kv.put('/services/user/c', up)
  expect(await eventsUntil(timeline, 'instance.up user/c')).toEqual([
    'timeline.began',
    'instance.up user/a',
    'instance.up user/b (late)',
    'instance.down user/b evicted (late)',
    'instance.up user/c',
  ])
})

test('marks what it missed by a compaction as a gap, and records the difference', async () => {
  const { etcd, timeline, recorder } = await recorded()
  await etcd.kv.put('/services/user/a', up)
  await etcd.kv.put('/services/user/b', up)
  await etcd.kv.put('/config/x', '1')
  await eventsUntil(timeline, 'document.written x')
  await recorder.close()
  await etcd.kv.delete('/services/user/a')
  await etcd.kv.put('/services/user/flaps', up)
  await etcd.kv.delete('/services/user/flaps')
  await etcd.kv.put('/services/user/c', up)
  const { revision } = await etcd.kv.put('/config/x', '2')
  await etcd.kv.compact(revision)
  await startRecorder(etcd)
  await eventsUntil(timeline, 'instance.up user/c (inferred)')
  await etcd.kv.put('/services/user/d', up)
  expect((await eventsUntil(timeline, 'instance.up user/d')).slice(4)).toEqual([
    'timeline.gap',
    'instance.down user/a evicted (inferred)',
    'document.written x (inferred)',
    'instance.up user/c (inferred)',
    'instance.up user/d',
  ])
  const { events } = await timeline.list({ kinds: ['timeline.gap'] })
  expect(BigInt(events[0]?.toRevision ?? 0) > BigInt(events[0]?.fromRevision ?? 0)).toBe(true)
})

test('records one revision with thousands of changes in several pieces', async () => {
  const { etcd, timeline } = await recorded()
  const count = 3_000
  for (let from = 0; from < count; from += 100) {
    const steps = Array.from({ length: 100 }, (_, index) => put(`/services/many/${from + index}`, up))
    await etcd
      .txn()
      .do(...steps)
      .commit()
  }
  const { revision } = await etcd.kv.delete({ prefix: '/services/many/' })
  await caughtUp(etcd, timeline)
  const seen = new Set<string>()
  const query = { kinds: ['instance.down'], limit: 1_000, order: 'oldest' } as const
  for (let cursor: string | undefined; ; ) {
    const page = await timeline.list({ ...query, cursor })
    for (const { id, instance } of page.events) {
      expect(id.startsWith(`${revision}.`)).toBe(true)
      seen.add(`${instance}`)
    }
    if (page.next === undefined) break
    cursor = page.next
  }
  expect(seen.size).toBe(count)
})

test('begins with what is there', async () => {
  const { etcd, timeline } = await unrecorded()
  await etcd.kv.put('/services/user/a', up)
  await etcd.kv.put('/config/by-hand', 'content')
  await startRecorder(etcd)
  const begun = await timeline.at({ revision: (await timeline.list()).recordedUpTo })
  expect(begun.instances.map(({ name }) => name)).toEqual(['user/a'])
  const [document] = begun.documents
  const content = await timeline.contentOf('by-hand', String(document?.facts.writtenAt))
  expect(content && Buffer.from(content).toString()).toBe('content')
  expect((await timeline.list()).events.map(lineOf).at(-1)).toBe('timeline.began')
})
