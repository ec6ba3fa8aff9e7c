import { fileURLToPath } from 'node:url'
import { EtcdClient } from '@waypost/client'
import { Program, startStore, until } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { Registry } from '../src/registry.ts'

const fixture = fileURLToPath(new URL('fixtures/fleet.mjs', import.meta.url))

function startFleet(url: string, name: string): Promise<Program> {
  const ids = Array.from({ length: 4 }, (_, index) => `${name}${index}`)
  const options = JSON.stringify({ ids, ttlSeconds: 3 })
  return Program.start(process.execPath, [fixture, url, options], { keepStdinOpen: true })
}

it('keeps all of 12 in 20 that are stopped, tries them rarely, and believes them when they go on', async () => {
  const store = await startStore()
  const fleets = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => startFleet(store.url, name)))
  const etcd = new EtcdClient({ endpoints: store.url })
  const registry = new Registry(etcd)
  try {
    await Promise.all(fleets.map((fleet) => fleet.waitForOutput('registered')))
    const call = registry.callFactory('web')
    const get = () =>
      call(async ({ address }) => {
        const response = await fetch(`http://${address}/`, { signal: AbortSignal.timeout(2_000) })
        return response.text()
      })
    const view = await registry.discover('web')
    expect(view.instances).toHaveLength(20)
    const stopped = fleets.slice(0, 3)
    for (const { pid } of stopped) process.kill(pid, 'SIGSTOP')
    const suspects = () => view.instances.filter(({ suspect }) => suspect)
    await until('all that are stopped are held', () => suspects().length === 12)
    expect(view.instances).toHaveLength(20)
    const results: PromiseSettledResult<string>[] = []
    for (let turn = 0; turn < 12; turn++) {
      results.push(...(await Promise.allSettled(Array.from({ length: 20 }, get))))
    }
    // One call for each instance that is held, and none after that.
    expect(results.filter(({ status }) => status === 'rejected').length).toBeLessThanOrEqual(12)
    expect(results.slice(-100).every(({ status }) => status === 'fulfilled')).toBe(true)
    for (const { pid } of stopped) process.kill(pid, 'SIGCONT')
    await until('nobody is held', () => view.instances.length === 20 && suspects().length === 0)
  } finally {
    await registry.close()
    await etcd.close()
    await Promise.all(fleets.map((fleet) => fleet.kill()))
    await store.close()
  }
})
