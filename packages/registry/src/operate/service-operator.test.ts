import { auditEntries } from '@waypost/core'
import { until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { registriesOn, twoStores } from '../registries.test-support.ts'

describe.each(twoStores('operating services'))('operating a service on $name', (flavour) => {
  const on = registriesOn(flavour)

  it('takes traffic away from an instance that stays listed, until it is enabled', async () => {
    const registry = on.registry()
    await registry.register({ service: 'user', id: 'a', port: 1, weight: 3 })
    await registry.register({ service: 'user', id: 'b', port: 2 })
    const view = await on.registry().discover('user')
    const told: bigint[] = []
    view.onChange(({ revision }) => told.push(revision))
    const operator = on.registry().operate('user')
    for (const [operate, status] of [
      ['drain', 'leaving'],
      ['disable', 'disabled'],
    ] as const) {
      const { revision } = await operator[operate]('a', { by: 'ann', reason: 'disk' })
      await until('it is seen', () => view.instances[0]?.status === status)
      expect(told.at(-1)).toBeGreaterThanOrEqual(revision)
      expect(view.instances).toMatchObject([
        { id: 'a', weight: 3, override: { by: 'ann', reason: 'disk', registered: { status: 'up', weight: 3 } } },
        { id: 'b', status: 'up', override: undefined },
      ])
      expect(new Set(Array.from({ length: 8 }, () => view.pick()?.id))).toEqual(new Set(['b']))
    }
    await operator.enable('a')
    await until('it is back', () => view.instances[0]?.status === 'up')
    expect(view.instances[0]?.override).toBeUndefined()
    expect(await operator.list()).toEqual([])
  })

  it('lays a weight over the own one, and keeps it while it is drained and enabled', async () => {
    await on.registry().register({ service: 'user', id: 'a', port: 1, weight: 3 })
    const view = await on.registry().discover('user')
    const operator = on.registry().operate('user')
    await operator.weight('a', 0)
    await until('it is seen', () => view.instances[0]?.weight === 0)
    expect(view.pick()).toBeUndefined()
    await operator.drain('a')
    await operator.enable('a')
    expect((await operator.list())[0]?.override).toMatchObject({ weight: 0, status: undefined })
    await operator.weight('a', undefined)
    await until('its own is back', () => view.instances[0]?.weight === 3)
  })

  it('outlives the registration and meets it again', async () => {
    const registry = on.registry()
    const first = await registry.register({ service: 'user', id: 'a', port: 1 })
    const operator = on.registry().operate('user')
    await operator.disable('a')
    await first.deregister()
    expect(await operator.list()).toMatchObject([{ id: 'a', isRegistered: false }])
    const second = await registry.register({ service: 'user', id: 'a', port: 1 })
    const view = await on.registry().discover('user')
    expect(view.instances).toMatchObject([{ id: 'a', status: 'disabled' }])
    await second.update({ version: '2' })
    await until('the update is seen', () => view.instances[0]?.version === '2')
    expect(view.instances[0]?.status).toBe('disabled')
    expect(await operator.list()).toMatchObject([{ id: 'a', isRegistered: true }])
  })

  it('never hides that an instance leaves by itself', async () => {
    const registration = await on.registry().register({ service: 'user', id: 'a', port: 1 })
    const view = await on.registry().discover('user')
    const changes = view.changes()
    await on.registry().operate('user').disable('a')
    await until('it is seen', () => view.instances[0]?.status === 'disabled')
    await registration.deregister()
    await until('it is gone', () => view.instances.length === 0)
    expect((await changes.next()).value).toMatchObject({ removed: [{ reason: 'left' }] })
  })

  it('refuses ids that nobody has, unless told, and values that are none', async () => {
    const operator = on.registry().operate('user')
    await expect(operator.drain('x')).rejects.toMatchObject({ code: 'not-found' })
    await expect(operator.weight('x', -1)).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(operator.drain('a/b')).rejects.toMatchObject({ code: 'invalid-argument' })
    await operator.drain('x', { evenIfAbsent: true })
    expect(await operator.list()).toMatchObject([{ id: 'x', override: { status: 'leaving' }, isRegistered: false }])
  })

  it('leaves an entry in the audit for all that is done, in its transaction', async () => {
    await on.registry().register({ service: 'user', id: 'a', port: 1 })
    const client = on.client()
    const { process } = client.identity
    const operator = on.registry({}, client).operate('user')
    const { revision } = await operator.weight('a', 0, { by: 'ann', reason: 'disk' })
    await operator.drain('a')
    await expect(operator.drain('x')).rejects.toMatchObject({ code: 'not-found' })
    const entries = await on.client().kv.list(auditEntries).toArray()
    const audit = entries.toSorted((a, b) => Number(a.createRevision - b.createRevision))
    expect(audit.map((entry) => entry.json())).toEqual([
      {
        at: expect.stringMatching(/^20.*Z$/),
        author: 'ann',
        process,
        action: 'service.weight',
        detail: 'weight 0',
        instances: ['user/a'],
        comment: 'disk',
        sequence: 1,
        previous: '',
      },
      {
        at: expect.any(String),
        process,
        action: 'service.drain',
        instances: ['user/a'],
        sequence: 2,
        previous: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ])
    expect(audit[0]?.createRevision).toBe(revision)
  })

  it('does not lose a change when two operate at once', async () => {
    await on.registry().register({ service: 'user', id: 'a', port: 1 })
    const operator = on.registry().operate('user')
    await Promise.all([operator.weight('a', 7), operator.drain('a')])
    expect((await operator.list())[0]?.override).toMatchObject({ weight: 7, status: 'leaving' })
  })

  it('reports an override that cannot be read, and goes by the record', async () => {
    const client = on.client()
    await on.registry().register({ service: 'user', id: 'a', port: 1 })
    await client.kv.put('/waypost/services/overrides/user/a', '{"status":"asleep"}')
    const view = await on.registry().discover('user')
    expect(view.instances).toMatchObject([{ status: 'up' }])
    expect(view.problems).toMatchObject([{ message: expect.stringContaining('asleep') }])
    expect(await on.registry().operate('user').list()).toMatchObject([{ problem: expect.stringContaining('asleep') }])
  })

  it('knows when every consumer has seen it', async () => {
    await on.registry().register({ service: 'user', id: 'a', port: 1 })
    const view = await on.registry({ app: 'shop' }).discover('user')
    await until('it has subscribed', () => view.subscription === 'confirming')
    const operator = on.registry().operate('user')
    const seen = await operator.seen(await operator.disable('a'))
    expect(view.instances[0]?.status).toBe('disabled')
    expect(seen).toMatchObject({ confirmed: [{ subscriber: { app: 'shop', pid: process.pid } }], unconfirmed: [] })
  })
})
