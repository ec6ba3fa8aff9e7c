import { EtcdClient } from '@waypost/client'
import { type Instance, type Registration, Registry, readInstance } from '@waypost/registry'
import { stores, until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'

const isLong = process.env.WAYPOST_LONG !== undefined
const size = isLong
  ? { instances: 200, consumers: 50, rounds: 60, roundMs: 2_000 }
  : { instances: 40, consumers: 10, rounds: 3, roundMs: 300 }
const flavours = stores().filter(
  ({ name, canRun }) => name === 'embedded-durable' || (name === 'etcd-1' && canRun('churn')),
)

/** Always the same numbers, so that a failure can be seen again. Source: George Marsaglia, "Xorshift RNGs", 2003. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

describe.each(flavours)('instances that come and go at random on $name', (flavour) => {
  it('are seen by every consumer as they stand in the store, whenever it is quiet', async () => {
    const random = numbers(7)
    const store = await flavour.start()
    const clients = Array.from({ length: 10 }, () => new EtcdClient({ endpoints: store.url }))
    const client = (): EtcdClient =>
      clients[Math.floor(random() * clients.length)] ?? new EtcdClient({ endpoints: store.url })
    const present = new Map<string, { readonly registry: Registry; readonly registration: Registration }>()
    const consumers = Array.from({ length: size.consumers }, () => new Registry(client()))
    const views = await Promise.all(consumers.map((registry) => registry.discover('web')))
    let made = 0

    const join = async (): Promise<void> => {
      const id = `${made++}`
      const registry = new Registry(client())
      const registration = await registry.register({ service: 'web', id, host: '127.0.0.1', port: (made % 65_535) + 1 })
      present.set(id, { registry, registration })
    }
    const leave = async (): Promise<void> => {
      const [id, gone] = [...present][Math.floor(random() * present.size)] ?? []
      if (id === undefined || gone === undefined) return
      present.delete(id)
      await gone.registry.close()
    }
    /** Loses its lease while it lives, and comes back. */
    const lapse = async (): Promise<void> => {
      const [, some] = [...present][Math.floor(random() * present.size)] ?? []
      const lease = some?.registration.lease
      if (lease !== undefined)
        await client()
          .leases.revoke(lease)
          .catch(() => {})
    }
    const change = async (): Promise<void> => {
      const [, some] = [...present][Math.floor(random() * present.size)] ?? []
      await some?.registration.update({ weight: Math.floor(random() * 10) }).catch(() => {})
    }

    try {
      await Promise.all(Array.from({ length: size.instances }, join))
      for (let round = 0; round < size.rounds; round++) {
        const endMs = performance.now() + size.roundMs
        while (performance.now() < endMs) {
          const dice = random()
          if (dice < 0.3 || present.size < size.instances / 2) await join()
          else if (dice < 0.6) await leave()
          else if (dice < 0.65) await lapse()
          else await change()
        }
        const stored = await until('all are registered', async () => {
          const { kvs } = await client().kv.range({ prefix: '/services/web/' })
          const read = kvs.flatMap(
            ({ key, bytes, modRevision }) => readInstance(key, bytes, modRevision).instance ?? [],
          )
          const isQuiet = [...present.values()].every(({ registration }) => registration.state === 'registered')
          return isQuiet && read.length === present.size && read.every(({ id }) => present.has(id)) && read
        })
        const expected = stored.toSorted((a, b) => (a.id < b.id ? -1 : 1))
        for (const view of views) {
          await until(
            'the view has it all',
            () => JSON.stringify(facts(view.instances)) === JSON.stringify(facts(expected)),
          )
        }
      }
    } finally {
      await Promise.all([...present.values()].map(({ registry }) => registry.close()))
      await Promise.all(consumers.map((registry) => registry.close()))
      const [first] = clients
      expect(await first?.kv.count({ all: true })).toBe(0n)
      await until('no lease is left', async () => (await first?.leases.list())?.length === 0)
      await Promise.all(clients.map((one) => one.close()))
      await store.close()
    }
  }, 300_000)
})

function facts(instances: readonly Instance[]): unknown[] {
  return instances.map(({ id, revision, suspect }) => [id, String(revision), suspect])
}
