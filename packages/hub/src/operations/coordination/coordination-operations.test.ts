import { Coordination } from '@waypost/coordination'
import { until } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onHub } from '../operations.test-support.ts'

const on = onHub()
const call: ReturnType<typeof on>['call'] = (...args) => on().call(...args)
let coordination: Coordination

beforeAll(() => {
  coordination = new Coordination(on().etcd)
})

afterAll(async () => {
  await coordination.close()
})

async function aSession(): Promise<string> {
  const { id } = await on().etcd.leases.grant({ ttlSeconds: 60 })
  return String(id)
}

describe('locks', () => {
  it('are held by one session at a time, in one line with those of the libraries', async () => {
    const [a, b] = [await aSession(), await aSession()]
    const first = await call('POST', '/v1/locks/jobs%2Fclose/acquire', { session: a, value: 'ada' })
    expect(first).toMatchObject({ status: 200, body: { isHeld: true, ahead: 0 } })
    expect((await call('POST', '/v1/locks/jobs%2Fclose/acquire', { session: b })).body).toMatchObject({
      code: 'deadline-exceeded',
    })
    expect((await call('GET', '/v1/locks/jobs%2Fclose')).body).toMatchObject({
      holder: { session: a, value: 'ada' },
      queue: [],
    })
    const waiting = call('POST', '/v1/locks/jobs%2Fclose/acquire', { session: b, wait: '30s' })
    await until('It waits', async () => {
      const { body } = await call('GET', '/v1/locks')
      return (body as { lines: { waiting: number }[] }).lines[0]?.waiting === 1
    })
    expect((await call('POST', '/v1/locks/jobs%2Fclose/release', { session: a })).status).toBe(204)
    const second = await waiting
    expect(second).toMatchObject({ status: 200, body: { isHeld: true } })
    const tokens = [first, second].map(({ body }) => BigInt((body as { token: string }).token))
    expect(tokens[1]).toBeGreaterThan(tokens[0] ?? 0n)
    expect(await coordination.tryLock('jobs/close')).toBeUndefined()
    expect((await call('POST', '/v1/locks/jobs%2Fclose/release', { session: a })).status).toBe(404)
    await on().etcd.leases.revoke(BigInt(b))
    await using held = await coordination.lock('jobs/close', { timeoutMs: 5_000 })
    expect(
      (await call('POST', '/v1/locks/jobs%2Fclose/acquire', { session: await aSession(), stay: true })).body,
    ).toMatchObject({ isHeld: false, ahead: 1 })
    expect(held.lost.aborted).toBe(false)
  })

  it('need a session that lives, and a name of their own', async () => {
    expect((await call('POST', '/v1/locks/a/acquire', { session: '42' })).body).toMatchObject({
      code: 'lease-not-found',
    })
    expect(
      (await call('POST', `/v1/locks/${encodeURIComponent('/waypost/audit')}/acquire`, { session: '42' })).status,
    ).toBe(400)
    expect((await call('POST', '/v1/locks/a/acquire', { session: 'x' })).status).toBe(400)
  })
})

describe('elections', () => {
  it('are won, proclaimed, followed and resigned', async () => {
    const [a, b] = [await aSession(), await aSession()]
    expect((await call('POST', '/v1/elections/boss/campaign', { session: a, value: 'ada' })).body).toMatchObject({
      isLeader: true,
    })
    expect(await call('POST', '/v1/elections/boss/campaign', { session: b })).toMatchObject({
      status: 202,
      body: { isLeader: false, ahead: 1 },
    })
    expect(await coordination.leader('boss')).toMatchObject({ value: 'ada' })
    expect((await call('PUT', '/v1/elections/boss/leader', { session: b, value: 'bob' })).status).toBe(412)
    expect((await call('PUT', '/v1/elections/boss/leader', { session: a, value: 'busy' })).body).toMatchObject({
      value: 'busy',
    })
    expect((await call('POST', '/v1/elections/boss/resign', { session: a })).status).toBe(204)
    expect((await call('POST', '/v1/elections/boss/campaign', { session: b })).body).toMatchObject({ isLeader: true })
    await until('It is followed', async () => {
      const { body } = await call('GET', '/v1/elections/boss')
      return (body as { leader?: { session: string } }).leader?.session === b
    })
    expect((await call('POST', '/v1/elections/boss/resign', { session: a })).status).toBe(404)
  })
})

describe('queues', () => {
  it('are filled, shown, paused, redriven and purged', async () => {
    const jobs = '/v1/queues/mail/jobs'
    expect((await call('POST', jobs, { data: { to: 'ada' }, id: 'a', attempts: 1 })).body).toEqual({
      id: 'a',
      added: true,
    })
    expect((await call('POST', jobs, { id: 'a' })).body).toEqual({ id: 'a', added: false })
    expect((await call('POST', jobs, { data: 1, id: 'later', delayMs: 3_600_000 })).status).toBe(201)
    expect((await call('GET', '/v1/queues')).body).toMatchObject({ queues: [{ name: 'mail', waiting: 1, delayed: 1 }] })
    expect((await call('GET', `${jobs}?state=waiting`)).body).toMatchObject({
      jobs: [{ id: 'a', data: { to: 'ada' } }],
    })
    const worker = coordination.queue('mail').work(async () => {
      throw new Error('no such address')
    })
    await until('It failed', async () => {
      const { body } = await call('GET', `${jobs}?state=dead`)
      return (body as { jobs: { error?: string }[] }).jobs[0]?.error === 'no such address'
    })
    await worker.drain()
    expect((await call('GET', `${jobs}/a`)).body).toMatchObject({ state: 'dead', attempt: 1 })
    expect((await call('POST', '/v1/queues/mail/redrive')).body).toEqual({ redriven: 1 })
    expect((await call('POST', '/v1/queues/mail/pause')).status).toBe(204)
    await until('It is paused', async () => (await call('GET', '/v1/queues/mail')).body instanceof Object)
    expect((await call('POST', '/v1/queues/mail/resume')).status).toBe(204)
    expect((await call('POST', `${jobs}/later/retry`)).status).toBe(204)
    expect((await call('DELETE', `${jobs}/later`)).status).toBe(204)
    expect((await call('GET', `${jobs}/later`)).status).toBe(404)
    expect((await call('DELETE', `${jobs}?what=all`)).body).toMatchObject({ purged: 1 })
    expect((await call('POST', jobs, { priority: 2_000 })).status).toBe(400)
  })
})

describe('schedules', () => {
  it('are made, shown with their next runs, paused, triggered and deleted', async () => {
    const nightly = '/v1/schedules/nightly'
    expect((await call('PUT', nightly, { cron: 'nonsense', queue: 'reports' })).status).toBe(400)
    expect(
      (await call('PUT', nightly, { cron: '0 3 * * *', timeZone: 'Asia/Shanghai', queue: 'reports' })).status,
    ).toBe(204)
    expect((await call('GET', '/v1/schedules')).body).toMatchObject({
      schedules: [
        { name: 'nightly', queue: 'reports', paused: false, nextAt: expect.stringMatching(/T19:00:00\.000Z$/) },
      ],
    })
    expect((await call('POST', `${nightly}/trigger`, {})).status).toBe(202)
    coordination.schedules.start()
    await until('It ran', async () => {
      const { body } = await call('GET', nightly)
      return (body as { history: { request?: string }[] }).history[0]?.request === 'trigger'
    })
    expect((await call('POST', `${nightly}/pause`, { reason: 'maintenance' })).status).toBe(204)
    expect((await call('GET', nightly)).body).toMatchObject({
      schedule: { paused: true, pauseReason: 'maintenance' },
      next: [],
    })
    expect((await call('POST', `${nightly}/resume`)).status).toBe(204)
    expect((await call('DELETE', nightly)).status).toBe(204)
    expect((await call('GET', nightly)).status).toBe(404)
    expect((await call('POST', `${nightly}/trigger`, {})).status).toBe(404)
  })
})
