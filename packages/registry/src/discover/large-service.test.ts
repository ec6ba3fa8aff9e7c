import { put } from '@waypost/client'
import { until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { registriesOn, twoStores } from '../registries.test-support.ts'

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
})
