import { expect, it } from 'vitest'
import { onHub } from '../operations.test-support.ts'

const on = onHub()
const call: ReturnType<typeof on>['call'] = (...args) => on().call(...args)

it('shows the members, what they hold and what is wrong', async () => {
  expect((await call('GET', '/v1/cluster')).body).toMatchObject({
    leader: expect.stringMatching(/^[0-9a-f]+$/),
    members: [{ isLeader: true, isReachable: true, version: expect.stringMatching(/^3\./), errors: [] }],
    alarms: [],
  })
})

it('compacts, defragments and takes alarms back', async () => {
  const { etcd } = on()
  await etcd.kv.put('/a', '1')
  const { revision } = await etcd.kv.put('/a', '2')
  expect((await call('POST', '/v1/cluster/compaction', { revision: String(revision) })).status).toBe(204)
  expect((await call('POST', '/v1/cluster/compaction', { revision: '1' })).body).toMatchObject({ code: 'compacted' })
  expect((await call('POST', '/v1/cluster/compaction', { revision: 'x' })).status).toBe(400)
  expect((await call('POST', '/v1/cluster/defragmentation', {})).status).toBe(200)
  expect((await call('POST', '/v1/cluster/defragmentation', { member: '1' })).status).toBe(404)
  expect((await call('DELETE', '/v1/cluster/alarms')).body).toEqual({ disarmed: 0 })
})

it('sends a snapshot that says what it is, and how to restore it', async () => {
  const response = await fetch(`${on().running.hub.url}/v1/cluster/snapshot`)
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="waypost-.*\.db"$/)
  expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(10_000)
  const { body } = await call('GET', '/v1/cluster/restore-help')
  expect(JSON.stringify(body)).toContain('waypost restore snapshot.db --data-dir ./restored')
})
