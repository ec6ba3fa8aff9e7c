import { until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { registriesOn, twoStores } from '../registries.test-support.ts'

describe.each(twoStores('instances on a lease of others'))('instances on a lease of others, on $name', (flavour) => {
  const on = registriesOn(flavour)
  const legacy = { service: 'legacy', id: 'l1', host: '10.0.0.9', port: 80 }

  it('are there as long as the lease, change, and leave by intent', async () => {
    const client = on.client()
    const registry = on.registry(undefined, client)
    const { id } = await client.leases.grant({ ttlSeconds: 30, keepAlive: false })
    const onLease = registry.onLease(id)
    const { revision } = await onLease.register({ ...legacy, weight: 2, tags: ['a'] })
    const view = await on.registry().discover('legacy')
    expect(view.instances).toMatchObject([{ id: 'l1', weight: 2, tags: ['a'], revision }])
    await onLease.update('legacy', 'l1', { weight: 5 })
    await until('the change is seen', () => view.instances[0]?.weight === 5)
    const changes = view.changes()
    await onLease.leave('legacy', 'l1')
    const reasons: string[] = []
    for await (const { removed } of changes) {
      reasons.push(...removed.map(({ reason }) => reason))
      if (reasons.length > 0) break
    }
    expect(reasons).toEqual(['left'])
    await onLease.leave('legacy', 'l1')
    await expect(onLease.update('legacy', 'l1', {})).rejects.toMatchObject({ code: 'not-found' })
    await onLease.register(legacy)
    await client.leases.revoke(id)
    await until('it is gone with the lease', async () => (await client.kv.get('/services/legacy/l1')) === undefined)
    await expect(onLease.register(legacy)).rejects.toMatchObject({ code: 'lease-not-found' })
  })

  it('are written again on the same lease, and never over those of another', async () => {
    const client = on.client()
    const registry = on.registry(undefined, client)
    const [first, second] = await Promise.all([1, 2].map(() => client.leases.grant({ ttlSeconds: 30 })))
    await registry.onLease(first?.id ?? 0n).register(legacy)
    await registry.onLease(first?.id ?? 0n).register({ ...legacy, port: 81 })
    const other = registry.onLease(second?.id ?? 0n)
    await expect(other.register(legacy)).rejects.toMatchObject({ code: 'already-exists' })
    await expect(other.drain('legacy', 'l1')).rejects.toMatchObject({ code: 'not-found' })
    expect(JSON.parse((await client.kv.get('/services/legacy/l1'))?.text() ?? '')).toMatchObject({
      port: 81,
      status: 'up',
    })
  })
})
