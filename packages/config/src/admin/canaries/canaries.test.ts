import { EtcdClient } from '@waypost/client'
import { FakeClock } from '@waypost/core/testing'
import { until } from '@waypost/testkit'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ConfigCenter } from '../../admin/config-center.ts'
import { onEachStore } from '../../each-store.test-support.ts'
import { serializeApplied } from '../../records/applied.ts'
import type { Canary } from '../../records/canary.ts'
import { appliedKey, canariesKey } from '../../records/keys.ts'
import { conflictsOf } from '../publish/release-conflict.ts'

const path = 'order/application.yaml'

onEachStore('canaries', (on) => {
  let etcd: EtcdClient
  let config: ConfigCenter

  beforeEach(async () => {
    ;({ etcd, config } = on())
    await config.releases.publish(path, 'n: 1')
  })

  /** What a process says that has rejected a canary. */
  async function reject(canary: Canary, process: string): Promise<void> {
    const { name, checksum } = canary
    const at = '2024-01-01T00:00:00.000Z'
    const record = { state: 'rejected', canary: name, checksum, revision: 1n, reason: 'n is odd', at } as const
    await etcd.kv.put(appliedKey(path, process), serializeApplied({ ...record, app: 'order', instance: process }))
  }

  async function names(): Promise<string[]> {
    return (await config.canaries.list(path)).canaries.map(({ name }) => name)
  }

  it('are made, several at once, in an order', async () => {
    const unknown = { evenIfUnknown: true }
    await config.canaries.create(path, { name: 'a', rule: { percent: 10 }, content: 'n: 2', author: 'mei' })
    await config.canaries.create(path, { name: 'b', rule: { zones: ['eu-1'] }, content: 'n: 3', ...unknown })
    await config.canaries.create(path, {
      name: 'first',
      rule: { instances: ['i-1'] },
      content: 'n: 4',
      order: 0,
      ...unknown,
    })
    await config.canaries.create(path, {
      name: 'c',
      rule: { labels: { tier: ['internal'] } },
      content: 'n: 5',
      ...unknown,
    })
    expect(await names()).toEqual(['first', 'a', 'b', 'c'])
    expect(await config.canaries.paths()).toEqual([path])
    expect(await config.get(path)).toBe('n: 1')
    await expect(
      config.canaries.create(path, { name: 'a', rule: { percent: 1 }, content: 'n: 2' }),
    ).rejects.toMatchObject({ code: 'already-exists' })
  })

  it.each([
    [{}, 'no condition'],
    [{ percent: 101 }, 'from 0 to 100'],
    [{ percent: Number.NaN }, 'from 0 to 100'],
    [{ zones: [] }, 'zones is empty'],
    [{ labels: { tier: [] } }, 'labels.tier is empty'],
  ])('with the rule %j are refused', async (rule, message) => {
    await expect(config.canaries.create(path, { name: 'a', rule, content: 'n: 2' })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(message),
    })
  })

  it('that readers would not understand are refused', async () => {
    const canary = { name: 'a', rule: { percent: 1 }, content: 'n: 2' }
    await expect(config.canaries.create(path, { ...canary, limits: { maxRejected: -1 } })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('limits.maxRejected'),
    })
    expect(await names()).toEqual([])
  })

  it('must parse and fit the stored schema', async () => {
    const canary = { name: 'a', rule: { percent: 1 } }
    await expect(config.canaries.create(path, { ...canary, content: 'n: [' })).rejects.toMatchObject({
      code: 'invalid-document',
    })
    await config.schemas.set(path, { required: ['n'] })
    await expect(config.canaries.create(path, { ...canary, content: 'm: 1' })).rejects.toMatchObject({
      code: 'invalid-document',
    })
  })

  it('are previewed for as many instances as they will have', async () => {
    const others = ['web-0', 'web-1', 'web-2'].map((instance) => {
      const client = new EtcdClient({ endpoints: on().store.url, instance })
      onTestFinished(() => client.close())
      const other = new ConfigCenter(client)
      onTestFinished(() => other.close())
      return other
    })
    for (const other of others) await other.load({ app: 'order' })
    await until('All are known', async () => (await config.consumers.status(path)).processes.length === 3)
    for (let attempt = 0; attempt < 5; attempt++) {
      const affected = await config.canaries.preview(path, { name: 'try', rule: { percent: 34 }, content: 'n: 2' })
      expect(affected.flatMap(({ instances }) => instances)).toHaveLength(1)
    }
  })

  it('are widened, never narrowed', async () => {
    const { seed } = await config.canaries.create(path, { name: 'a', rule: { percent: 10 }, content: 'n: 2' })
    expect(await config.canaries.raise(path, 'a', 50)).toMatchObject({ rule: { percent: 50 }, seed })
    await expect(config.canaries.raise(path, 'a', 20)).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(config.canaries.raise(path, 'b', 20)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('are promoted to a release, in one transaction', async () => {
    await config.canaries.create(path, { name: 'a', rule: { percent: 10 }, content: 'n: 2' })
    await config.canaries.create(path, { name: 'b', rule: { percent: 10 }, content: 'n: 3' })
    const promoted = await config.canaries.promote(path, 'a', { author: 'mei' })
    expect(promoted).toMatchObject({ release: 2 })
    expect(await config.get(path)).toBe('n: 2')
    expect(await config.releases.get(path, 2)).toMatchObject({ kind: 'promote', canary: 'a', author: 'mei' })
    expect(await names()).toEqual(['b'])
    expect((await etcd.kv.get(canariesKey(path)))?.modRevision).toBe(promoted.revision)
    await expect(config.canaries.promote(path, 'a')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('end when they are promoted although the document is unchanged', async () => {
    await config.canaries.create(path, { name: 'a', rule: { percent: 10 }, content: 'n: 2' })
    await config.releases.publish(path, 'n: 2')
    expect(await config.canaries.promote(path, 'a')).toMatchObject({ release: 2, unchanged: true })
    expect(await etcd.kv.get(canariesKey(path))).toBeUndefined()
  })

  it('do not undo what has been released since they were made, unless that is meant', async () => {
    await config.canaries.create(path, { name: 'a', rule: { percent: 10 }, content: 'n: 2' })
    await config.releases.publish(path, 'n: 1 # repaired', { author: 'li' })
    const refused = await config.canaries.promote(path, 'a').catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'conflict', message: expect.stringContaining('by li') })
    expect(conflictsOf(refused)).toMatchObject([{ expectedRelease: 1, currentRelease: 2 }])
    expect(await config.get(path)).toBe('n: 1 # repaired')
    expect(await config.canaries.promote(path, 'a', { expectedRelease: 2 })).toMatchObject({ release: 3 })
  })

  it('are taken back, and made at the same time without losing one', async () => {
    const all = ['a', 'b', 'c', 'd', 'e']
    await Promise.all(
      all.map((name) => config.canaries.create(path, { name, rule: { percent: 1 }, content: `n: ${name}` })),
    )
    expect((await names()).toSorted()).toEqual(all)
    await Promise.all(all.slice(1).map((name) => config.canaries.abort(path, name)))
    expect(await names()).toEqual(['a'])
  })

  it('are told from damage', async () => {
    await etcd.kv.put(canariesKey(path), '{"canaries": 1}')
    await expect(config.canaries.list(path)).rejects.toMatchObject({ code: 'data-loss' })
    await etcd.kv.delete(canariesKey(path))
    await config.canaries.create(path, { name: 'a', rule: { percent: 1 }, content: 'n: 2' })
    const record = await etcd.kv.get(canariesKey(path))
    await etcd.kv.put(canariesKey(path), record?.text().replace('n: 2', 'n: 3') ?? '')
    await expect(config.canaries.promote(path, 'a')).rejects.toMatchObject({ code: 'data-loss' })
  })

  describe('under guard', () => {
    it('are taken back once when more than the limit reject them, by however many guards', async () => {
      const canary = await config.canaries.create(path, {
        name: 'a',
        rule: { percent: 10 },
        content: 'n: 3',
        limits: { maxRejected: 1 },
      })
      const reasons: string[] = []
      const onRollback = ({ reason }: { reason: string }): void => void reasons.push(reason)
      const guards = [1, 2, 3].map(() => config.canaries.guard({ onRollback }))
      try {
        await reject(canary, 'p1')
        await config.releases.publish('order/other.yaml', 'n: 1')
        expect(await names()).toEqual(['a'])
        await reject(canary, 'p2')
        await until('The rollback', async () => (await names()).length === 0)
        await until('The report', () => reasons.length > 0)
      } finally {
        await Promise.all(guards.map((guard) => guard.close()))
      }
      expect(reasons).toEqual([expect.stringContaining('rejected by 2 (more than 1): order on p')])
      const { entries } = await config.audit.list({ path })
      expect(entries.filter(({ action }) => action === 'canary.rollback')).toHaveLength(1)
    })

    it('are not taken back for what was said of another', async () => {
      const old = await config.canaries.create(path, { name: 'a', rule: { percent: 10 }, content: 'n: 3' })
      await config.canaries.abort(path, 'a')
      await config.canaries.create(path, { name: 'a', rule: { percent: 10 }, content: 'n: 5' })
      await reject(old, 'p1')
      const bad = await config.canaries.create(path, { name: 'bad', rule: { percent: 10 }, content: 'n: 7' })
      await using _guard = config.canaries.guard()
      await reject(bad, 'p2')
      await until('The rollback', async () => !(await names()).includes('bad'))
      expect(await names()).toEqual(['a'])
    })

    it('are taken back when they are unhealthy for too long', async () => {
      const clock = new FakeClock()
      await using timed = new ConfigCenter(etcd, { clock })
      const limits = { maxUnhealthy: 1 }
      await timed.canaries.create(path, { name: 'a', rule: { percent: 10 }, content: 'n: 2', limits })
      const answers = [false, true, false, new Error('no metrics')]
      let asked = 0
      await using guard = timed.canaries.guard({
        intervalMs: 1_000,
        healthy: () => {
          const answer = answers[asked++] ?? true
          if (answer instanceof Error) throw answer
          return answer
        },
      })
      for (let round = 1; round <= answers.length; round++) {
        await until('The next check', async () => {
          await clock.advance(asked < round ? 1_000 : 0)
          return asked === round
        })
        if (round < answers.length) expect(await names()).toEqual(['a'])
      }
      await until('The rollback', async () => (await names()).length === 0)
      expect(guard.lastError).toBeUndefined()
      const { entries } = await config.audit.list({ limit: 1 })
      expect(entries[0]).toMatchObject({
        action: 'canary.rollback',
        author: 'waypost',
        comment: 'the health check failed (no metrics) 2 times in a row (more than 1)',
      })
    })
  })
})
