import { retryIfStalled, stores, until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { eachOn, type InstanceProcess, type Processes } from './processes.test-support.ts'

const isLong = process.env.WAYPOST_LONG !== undefined
const flavours = stores().filter(
  ({ name, canRun }) => name === 'embedded-durable' || (isLong && name === 'etcd-1' && canRun('registered processes')),
)

describe.each(flavours)('processes registered on $name', (flavour) => {
  let on: Processes
  eachOn(flavour, (processes) => {
    on = processes
  })

  const count = async () => Number(await on.client.kv.count({ prefix: '/services/web/' }))

  it('stay registered with a busy event loop, by their workers, until they hang for too long', () =>
    retryIfStalled(async () => {
      const ttlSeconds = 4
      await on.endAll()
      const [busy, hung] = await Promise.all(
        [60_000, 1_000].map((hungLimitMs) =>
          on.instance({ id: `${hungLimitMs}`, ttlSeconds, heartbeat: 'worker', hungLimitMs }),
        ),
      )
      const watch = on.client.watch({ prefix: '/services/web/' }, { prevKv: true })
      await watch.started
      const blockedMs = (isLong ? 3 : 1.6) * ttlSeconds * 1_000
      await Promise.all([busy?.stayBusy(blockedMs), hung?.stayBusy(blockedMs + 60_000)])
      const deleted: string[] = []
      for await (const { events } of watch) {
        deleted.push(...events.flatMap(({ type, key }) => (type === 'delete' ? key : [])))
        if (deleted.length > 0) break
      }
      expect(deleted).toEqual(['/services/web/1000'])
      await busy?.stayBusy(1)
      expect((await on.client.kv.get('/services/web/60000'))?.version).toBe(1n)
      expect(busy?.program.stdout).not.toContain('lost')
    }))

  it('drain on SIGTERM while they are called, and end by the signal', async () => {
    const [one, two] = await Promise.all(['1', '2'].map((id) => on.instance({ id })))
    const consumer = await on.consumer()
    await until('both are called', async () => (await consumer.report()).ok > 20)
    one?.program.signal('SIGTERM')
    expect(await one?.program.exited).toMatchObject({
      code: null,
      signal: 'SIGTERM',
      stdout: expect.stringContaining('left'),
    })
    const report = await consumer.report()
    expect(report).toMatchObject({ failed: 0, none: 0, ids: ['2'], removed: ['1 left'] })
    two?.program.signal('SIGINT')
    expect(await two?.program.exited).toMatchObject({ signal: 'SIGINT' })
    expect(await count()).toBe(0)
  })

  it('end at once on a second signal', async () => {
    const one = await on.instance({ id: '1' })
    const lease = await on.client.leases.grant({ ttlSeconds: 60 })
    await on.client.kv.put('/waypost/services/subscribers/web/slow', '{}', { lease: lease.id })
    one.program.signal('SIGTERM')
    await until('it drains', async () => (await on.client.kv.get('/services/web/1'))?.text().includes('leaving'))
    one.program.signal('SIGTERM')
    expect((await one.program.exited).code).toBe(143)
  })

  it('keep their consumers’ lists when most lose their leases, and flap for nobody', async () => {
    const ids = Array.from({ length: isLong ? 10 : 5 }, (_, index) => `${index}`)
    const instances: InstanceProcess[] = []
    for (const id of ids) instances.push(await on.instance({ id }))
    const consumer = await on.consumer()
    const leases: bigint[] = []
    for (const id of ids.slice(0, Math.ceil(ids.length * 0.6)))
      leases.push((await on.client.kv.get(`/services/web/${id}`))?.lease ?? 0n)
    await Promise.all(leases.map((lease) => on.client.leases.revoke(lease)))
    await until('they are back', async () => (await count()) === ids.length)
    await until('the list is fresh', async () => !(await consumer.report()).isStale)
    expect(await consumer.report()).toMatchObject({ failed: 0, none: 0, added: [], removed: [], smallest: ids.length })
    for (const { program } of instances) program.signal('SIGTERM')
    await until('all are gone', async () => (await consumer.report()).removed.length === ids.length)
    // An intended scale-down to zero is believed, however many go: losses would be held for minutes.
    const { failed, removed, ids: left } = await consumer.report()
    expect([...removed].sort()).toEqual(ids.map((id) => `${id} left`))
    expect({ failed, left }).toEqual({ failed: 0, left: [] })
  })
})
