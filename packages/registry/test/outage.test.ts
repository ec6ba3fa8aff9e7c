import { makeTempDir, removeTempDir, requireOrSkip, startEtcdCluster, startStore, until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { ConsumerProcess, InstanceProcess } from './processes.test-support.ts'

const isLong = process.env.WAYPOST_LONG !== undefined

interface Outage {
  readonly name: string
  start(): Promise<{ readonly urls: string; stop(): Promise<void>; restart(): Promise<void>; close(): Promise<void> }>
}

const embedded: Outage = {
  name: 'the embedded server',
  start: async () => {
    const dataDir = makeTempDir('outage')
    let server = await startStore({ dataDir })
    const { port } = server
    return {
      urls: server.url,
      stop: () => server.close(),
      restart: async () => {
        server = await startStore({ dataDir, port })
      },
      close: async () => {
        await server.close()
        await removeTempDir(dataDir)
      },
    }
  },
}

const cluster: Outage = {
  name: 'three members of etcd',
  start: async () => {
    const running = await startEtcdCluster(3)
    return {
      urls: running.endpoints.join(','),
      stop: async () => void (await Promise.all(running.members.map((member) => member.kill()))),
      restart: async () => void (await Promise.all(running.members.map((member) => member.restart()))),
      close: () => running.close(),
    }
  },
}

const outages = isLong && requireOrSkip('an outage of a cluster', 'etcd') ? [embedded, cluster] : [embedded]

describe.each(outages)('an outage of $name', ({ start }) => {
  it('fails no request, also of a consumer that restarts, and flaps for nobody afterwards', async () => {
    const store = await start()
    const snapshotDir = makeTempDir('snapshots')
    const processes: (InstanceProcess | ConsumerProcess)[] = []
    try {
      const ids = ['1', '2', '3']
      for (const id of ids) processes.push(await InstanceProcess.start(store.urls, { id, ttlSeconds: 2 }))
      const staying = await ConsumerProcess.start(store.urls)
      const ending = await ConsumerProcess.start(store.urls, { snapshotDir })
      processes.push(staying, ending)
      await until('they call', async () => (await ending.report()).ok > 20)
      await ending.program.stop()
      await store.stop()
      const restarted = await ConsumerProcess.start(store.urls, { snapshotDir })
      processes.push(restarted)
      const before = (await staying.report()).ok
      // Longer than the leases live, so that all instances have given theirs up.
      const outageMs = isLong ? 60_000 : 2_500
      await new Promise((resolve) => setTimeout(resolve, outageMs))
      const during = await Promise.all([staying, restarted].map((consumer) => consumer.report()))
      expect(during).toMatchObject([
        { failed: 0, none: 0, ids, isStale: true },
        { failed: 0, none: 0, ids, isStale: true, fromDisk: true },
      ])
      expect(during[0]?.ok).toBeGreaterThan(before)
      await store.restart()
      for (const consumer of [staying, restarted]) {
        await until('it follows again', async () => !(await consumer.report()).isStale)
      }
      // Longer than an instance that was lost could be away and not be taken from the lists.
      await new Promise((resolve) => setTimeout(resolve, isLong ? 5_000 : 1_000))
      const after = await Promise.all([staying, restarted].map((consumer) => consumer.report()))
      expect(after).toMatchObject([
        { failed: 0, none: 0, ids, added: [], removed: [] },
        { failed: 0, none: 0, ids, added: [], removed: [] },
      ])
    } finally {
      await Promise.all(processes.map(({ program }) => program.kill()))
      await store.close()
      await removeTempDir(snapshotDir)
    }
  }, 300_000)
})
