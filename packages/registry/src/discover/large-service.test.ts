import { put } from '@waypost/client'
import { until } from '@waypost/testkit'
import { describe, expect, it, vi } from 'vitest'
import { registriesOn, twoStores } from '../registries.test-support.ts'
import { Registry } from '../registry.ts'
import type { ServiceChanges } from './service-changes.ts'

const [embedded] = twoStores('large services')

describe.each(embedded ? [embedded] : [])('a service of 1,500 instances on $name', (flavour) => {
  const on = registriesOn(flavour)
  const key = (index: number) => `/services/user/i${String(index).padStart(4, '0')}`

  it('is one first change, is followed while it loads, and is picked from as a whole', async () => {
    const client = on.client()
    for (let start = 0; start < 1_500; start += 100) {
      const numbers = Array.from({ length: 100 }, (_, index) => start + index)
      await client
        .txn()
        .do(...numbers.map((index) => put(key(index), `10.0.0.1:${index + 1}`)))
        .commit()
    }
    const view = await on.registry().discover('user', { wait: false })
    const changes = view.changes()
    await client.kv.delete(key(0))
    await client.kv.put(key(1), '10.0.0.2:1')
    const first = (await changes.next()).value
    expect(first?.added.length).toBeGreaterThanOrEqual(1_499)
    expect(first?.changed).toEqual([])
    await view.ready
    await until(
      'both changes are seen',
      () => view.instances.length === 1_499 && view.instances[0]?.host === '10.0.0.2',
    )
    const picked = new Set(Array.from({ length: 1_499 }, () => view.pick()?.id))
    expect(picked.size).toBe(1_499)
    expect(picked.has('i0000')).toBe(false)
  })

  it('tells what happens at once as one change, and each change under its own revision', async () => {
    const client = on.client()
    await using registry = new Registry(client, { guard: false })
    const view = await registry.discover('user', { subscribe: false })
    const told: ServiceChanges[] = []
    view.onChange((changes) => told.push(changes))
    // As when the event loop is busy: everything waits for the next turn.
    vi.spyOn(client.slices, 'hasTime', 'get').mockReturnValue(false)
    const puts = await Promise.all([0, 1, 2].map((index) => client.kv.put(key(index), `10.0.0.1:${index + 1}`)))
    await until('three are told', () => told.length === 3)
    const revisions = puts.map(({ revision }) => revision).sort((a, b) => Number(a - b))
    expect(told.map(({ revision }) => revision)).toEqual(revisions)
    expect(view.revision).toBe(revisions[2])
    for (let start = 0; start < 1_500; start += 100) {
      const numbers = Array.from({ length: 100 }, (_, index) => start + index)
      await client
        .txn()
        .do(...numbers.map((index) => put(key(index), `10.0.0.2:${index + 1}`)))
        .commit()
    }
    await until('all are there', () => view.instances.length === 1_500)
    told.length = 0
    const { revision } = await client.kv.delete({ prefix: '/services/user/' })
    await until('all are gone', () => told.some((changes) => changes.revision >= revision))
    expect(told).toMatchObject([{ revision, added: [], changed: [] }])
    expect(told[0]?.removed).toHaveLength(1_500)
  })
})
