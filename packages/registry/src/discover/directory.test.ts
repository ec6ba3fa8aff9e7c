import { atOnce } from '@waypost/core'
import { until } from '@waypost/testkit'
import { describe, expect, it, vi } from 'vitest'
import { registriesOn, twoStores } from '../registries.test-support.ts'
import { Registry } from '../registry.ts'
import type { Directory } from './directory.ts'

function shown(directory: Directory): string[] {
  return [...directory.services].sort().map((service) => {
    const ids = directory.instances(service).map(({ id, status, weight }) => `${id}:${status}:${weight}`)
    return `${service}=${ids.join(',')}`
  })
}

describe.each(twoStores('the directory'))('all services at once, on $name', (flavour) => {
  const on = registriesOn(flavour)

  it('shows what is there, and tells which services have changed', async () => {
    const registry = on.registry()
    await registry.register({ service: 'user', id: 'u1', host: '10.0.0.1', port: 1, weight: 3 })
    const directory = await on.registry().followAll()
    expect(directory.isReady).toBe(true)
    expect(shown(directory)).toEqual(['user=u1:up:3'])
    const told: string[][] = []
    directory.onChange((services) => told.push([...services]))

    const order = await registry.register({ service: 'order', id: 'o1', host: '10.0.0.2', port: 1 })
    await until('the order is seen', () => directory.has('order'))
    await registry.operate('user').drain('u1', { by: 'ann' })
    await until('the drain is seen', () => shown(directory).includes('user=u1:leaving:3'))
    await order.deregister()
    await until('the order is gone', () => !directory.has('order'))
    expect(new Set(told.flat())).toEqual(new Set(['order', 'user']))
    expect(directory.instances('order')).toEqual([])
    expect(directory.staleSince).toBeUndefined()
  })

  it('never says that it shows less than it has shown, also while the event loop is busy', async () => {
    const client = on.client()
    await client.kv.put('/services/user/1', '10.0.0.1:80')
    await using registry = new Registry(client, { guard: false })
    const directory = await registry.followAll()
    await client.kv.delete('/services/user/1')
    await until('nothing is left', () => !directory.has('user'))
    const before = directory.revision
    // As when the event loop is busy: everything waits for the next turn.
    vi.spyOn(client.slices, 'hasTime', 'get').mockReturnValue(false)
    const waited: bigint[] = []
    vi.spyOn(client.slices, 'run').mockImplementation(async (work) => {
      waited.push(directory.revision)
      return atOnce(work)
    })
    await client.kv.put('/services/order/1', '10.0.0.2:80')
    await until('the order is seen', () => directory.has('order'))
    expect(waited.length).toBeGreaterThan(0)
    expect(waited.filter((revision) => revision < before)).toEqual([])
  })

  it('keeps a service whose only record cannot be read, and reads a large store in slices', async () => {
    const client = on.client()
    await client.kv.put('/services/odd/1', 'not an address')
    const batches = Array.from({ length: 10 }, (_, batch) => batch)
    await Promise.all(
      batches.flatMap((batch) =>
        Array.from({ length: 50 }, (_, n) => client.kv.put(`/services/s${batch}/${n}`, `10.0.${batch}.${n + 1}:80`)),
      ),
    )
    const directory = await on.registry().followAll()
    expect(directory.has('odd')).toBe(true)
    expect(directory.instances('odd')).toEqual([])
    for (const batch of batches) expect(directory.instances(`s${batch}`)).toHaveLength(50)
    expect(directory.revision).toBeGreaterThanOrEqual(501n)
    await client.kv.delete('/services/odd/1')
    await until('it is gone', () => !directory.has('odd'))
  })
})
