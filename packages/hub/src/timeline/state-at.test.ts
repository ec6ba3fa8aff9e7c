import type { EtcdClient } from '@waypost/client'
import { patienceMs } from '@waypost/testkit'
import { expect, test, vi } from 'vitest'
import { revisionOf } from './event.ts'
import { caughtUp, recorded } from './recorder.test-support.ts'

/** A generator with a seed, so that a failure can be repeated. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

async function namesAt(etcd: EtcdClient, prefix: string, revision: bigint): Promise<string[]> {
  const kvs = await etcd.kv.list({ prefix }, { revision }).toArray()
  return kvs.map((kv) => `${kv.key.slice(prefix.length)}=${kv.text()}`)
}

test(
  'knows the instances and documents of any moment',
  async () => {
    const { etcd, timeline } = await recorded()
    const random = randomOf(7)
    const revisions: bigint[] = []
    const times: { readonly time: Date; readonly revision: bigint }[] = []
    for (let step = 0; step < 200; step++) {
      const name = String(Math.floor(random() * 10))
      const isService = random() < 0.5
      const key = isService ? `/services/s${name}/i` : `/config/d${name}`
      const value = isService ? `10.0.0.${Math.floor(random() * 3)}:80` : `v${Math.floor(random() * 3)}`
      const { revision } = random() < 0.3 ? await etcd.kv.delete(key) : await etcd.kv.put(key, value)
      revisions.push(revision)
      if (step % 50 === 49) {
        await caughtUp(etcd, timeline)
        times.push({ time: new Date(), revision: (await timeline.list({ limit: 1 })).recordedUpTo })
        // The next event is of a later millisecond.
        await vi.waitFor(() => expect(Date.now()).toBeGreaterThan((times.at(-1)?.time.getTime() ?? 0) + 1), {
          interval: 1,
        })
      }
    }
    await caughtUp(etcd, timeline)
    for (const revision of revisions.filter((_, index) => index % 9 === 0)) {
      const { instances, documents } = await timeline.at({ revision })
      const found = instances.map(({ name, facts }) => `${name}=${facts.host}:${facts.port}`)
      expect(found).toEqual(await namesAt(etcd, '/services/', revision))
      for (const { name, facts } of documents) {
        const bytes = await timeline.contentOf(name, String(facts.writtenAt))
        expect(await namesAt(etcd, `/config/${name}`, revision)).toEqual([`=${bytes && Buffer.from(bytes).toString()}`])
      }
      expect(documents.length).toBe((await namesAt(etcd, '/config/', revision)).length)
    }
    for (const { time, revision } of times) {
      const found = await timeline.at({ time })
      expect(found.instances.map(({ name, facts }) => `${name}=${facts.host}:${facts.port}`)).toEqual(
        await namesAt(etcd, '/services/', revision),
      )
    }
  },
  patienceMs * 4,
)

test('refuses a moment that is not recorded', async () => {
  const { timeline } = await recorded()
  const { recordedUpTo } = await timeline.list()
  await expect(timeline.at({ revision: recordedUpTo + 1_000n })).rejects.toMatchObject({ code: 'future-revision' })
  await expect(timeline.at({ time: new Date(0) })).rejects.toMatchObject({ code: 'not-found' })
})

test('keeps no more than it is told to, and still knows every moment that is kept', async () => {
  const { etcd, timeline } = await recorded({ retention: { maxEvents: 100 } })
  for (let step = 0; step < 400; step++) await etcd.kv.put(`/services/user/${step % 20}`, `10.0.0.1:${1_000 + step}`)
  await caughtUp(etcd, timeline)
  const oldest = await vi.waitFor(
    async () => {
      const { oldest, events } = await timeline.list({ limit: 1_000 })
      // What was written in one piece goes in one piece.
      expect(events.length).toBeLessThan(300)
      expect(events.length).toBeGreaterThanOrEqual(100)
      return revisionOf(oldest?.id ?? '0.0')
    },
    { timeout: patienceMs },
  )
  const { instances } = await timeline.at({ revision: oldest })
  expect(instances.map(({ facts }) => `${facts.host}:${facts.port}`)).toEqual(
    (await etcd.kv.list({ prefix: '/services/user/' }, { revision: oldest }).toArray()).map((kv) => kv.text()),
  )
  await expect(timeline.at({ revision: 2n })).rejects.toMatchObject({ code: 'not-found' })
  // Nothing is left behind of what went.
  const parts = await etcd.kv.list({ prefix: '/waypost/timeline/checkpoint-parts/' }, { keysOnly: true }).toArray()
  const checkpoints = await etcd.kv.list({ prefix: '/waypost/timeline/checkpoints/' }, { keysOnly: true }).toArray()
  expect(parts.length).toBe(checkpoints.length)
})
