import { inspect } from 'node:util'
import { EtcdClient } from '@waypost/client'
import { FakeClock } from '@waypost/core/testing'
import { type ContractStore, stores, until } from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { ConfigCenter } from '../../admin/config-center.ts'
import { percentileOf } from '../../canary/assign.ts'
import type { LoadOptions } from '../../live/load-config.ts'
import { parseApplied } from '../../records/applied.ts'
import type { CanaryRule } from '../../records/canary.ts'
import { encrypt } from '../../secrets/cipher.ts'
import { breaksOf } from './live-break.ts'

/** The memory flavour differs from the durable one only in that it cannot be restarted. */
const flavours = stores().filter((flavour) => flavour.name !== 'embedded-memory' && flavour.canRun('live consumers'))

const path = 'order/application.yaml'
const schema = z.object({ timeout: z.number().int(), host: z.string().optional(), password: z.string().optional() })

describe.each(flavours)('publishing to live processes on $name', (flavour) => {
  let store: ContractStore
  let config: ConfigCenter
  const clients: EtcdClient[] = []
  const processes: ConfigCenter[] = []

  beforeAll(async () => {
    store = await flavour.start()
  })

  afterAll(async () => {
    await store?.close()
  })

  beforeEach(() => {
    config = new ConfigCenter(newClient())
  })

  afterEach(async () => {
    await Promise.all(processes.splice(0).map((process) => process.close()))
    await config.close()
    await newClient().kv.delete({ all: true })
    await Promise.all(clients.splice(0).map((client) => client.close()))
  })

  function newClient(): EtcdClient {
    const client = new EtcdClient({ endpoints: store.url })
    clients.push(client)
    return client
  }

  /** Starts what a process of its own would, and waits until it has told the store. */
  async function start(instance: string, options: Partial<LoadOptions> = {}, document = path) {
    const process = new ConfigCenter(newClient())
    processes.push(process)
    const live = await process.load({ app: 'order', version: '1.4', instance, ...options, schema })
    live.onProblem(() => {})
    await until(`${instance} is known`, async () =>
      (await config.consumers.status(document)).processes.some((known) => known.instance === instance),
    )
    return live
  }

  it('sums up who runs what, and waits until all do', async () => {
    await config.releases.publish(path, 'timeout: 1\n')
    const [a, b] = await Promise.all([start('a'), start('b')])
    const released = await config.releases.publish(path, 'timeout: 2\n')
    expect(await config.consumers.waitUntilApplied(released)).toEqual({ processes: 2, onCanary: 0 })
    expect([a.current.timeout, b.current.timeout]).toEqual([2, 2])
    const again = await config.releases.publish(path, 'timeout: 2\n')
    expect(again.unchanged).toBe(true)
    expect(await config.consumers.waitUntilApplied(again)).toEqual({ processes: 2, onCanary: 0 })
    expect(await config.consumers.status(path)).toMatchObject({
      release: 2,
      running: [{ release: 2, processes: 2 }],
      counts: { applied: 2, rejected: 0, pending: 0 },
      processes: [
        { app: 'order', version: '1.4', instance: 'a', state: 'applied', release: 2 },
        { app: 'order', version: '1.4', instance: 'b', state: 'applied', release: 2 },
      ],
    })
  })

  it('names who would break, and refuses', async () => {
    await config.releases.publish(path, 'timeout: 1\n')
    await Promise.all(['a', 'b', 'c'].map((instance) => start(instance)))
    const error = await config.releases.publish(path, '# new\ntimeout: soon\n').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'invalid-document',
      message: expect.stringMatching(
        /^This would break order@1\.4 on 3 instances \(a, b, c\): order\/application\.yaml:2:1: timeout: must be integer/,
      ),
    })
    expect(breaksOf(error)).toMatchObject([{ app: 'order', version: '1.4', instances: ['a', 'b', 'c'] }])
    expect(await config.get(path)).toBe('timeout: 1\n')
    await expect(config.releases.unpublish(path)).rejects.toMatchObject({
      message: expect.stringContaining('no configuration'),
    })
  })

  it('hears of a rejection at once when it publishes all the same', async () => {
    await config.releases.publish(path, 'timeout: 1\n')
    const live = await start('a')
    const released = await config.releases.publish(path, 'timeout: soon\n', { validate: 'stored' })
    await expect(config.consumers.waitUntilApplied(released)).rejects.toMatchObject({
      code: 'failed-precondition',
      message: expect.stringContaining('order@1.4 on a: order/application.yaml:1:1: timeout'),
    })
    expect(await config.consumers.status(path)).toMatchObject({ counts: { applied: 0, rejected: 1, pending: 0 } })
    expect(live.current.timeout).toBe(1)
    // What is broken already may be repaired in part, and by anybody.
    await config.releases.publish(path, 'timeout: soon\nhost: a\n')
    const repaired = await config.releases.publish(path, 'timeout: 3\n')
    await config.consumers.waitUntilApplied(repaired)
    expect(live.current.timeout).toBe(3)
  })

  it('says in a dry run who changes from what to what, through every layer, and writes nothing', async () => {
    await config.releases.publish('shared/db.yaml', 'host: old\nunused: 1\n')
    await config.releases.publish(path, 'waypost: { import: [shared/db.yaml] }\ntimeout: 1\n')
    await config.releases.publish('order/eu/application.yaml', 'host: eu\n')
    await config.releases.publish('user/application.yaml', 'timeout: 1\n')
    await start('a')
    await start('b', { profile: 'eu' })
    await start('c', { app: 'user' }, 'user/application.yaml')
    const before = await newClient().kv.count({ all: true })
    const preview = await config.releases.publish('shared/db.yaml', 'host: new\ntimeout: 9\n', { dryRun: true })
    expect(preview).toMatchObject({
      needsApproval: false,
      problems: [],
      documents: [{ path: 'shared/db.yaml', release: 2, patch: expect.stringContaining('+host: new') }],
    })
    // `timeout` is said again by the application, and `host` by the profile.
    expect(preview.affected).toEqual([
      {
        app: 'order',
        profile: undefined,
        version: '1.4',
        instances: ['a'],
        changes: [
          { keyPath: ['host'], from: 'old', to: 'new' },
          { keyPath: ['unused'], from: 1, to: undefined },
        ],
        breaks: [],
      },
      {
        app: 'order',
        profile: 'eu',
        version: '1.4',
        instances: ['b'],
        changes: [{ keyPath: ['unused'], from: 1, to: undefined }],
        breaks: [],
      },
    ])
    expect(await newClient().kv.count({ all: true })).toBe(before)
    expect(await config.get('shared/db.yaml')).toBe('host: old\nunused: 1\n')
  })

  it('never shows a secret, nor what it is encrypted as', async () => {
    const keyring = { primary: 'k', key: () => Buffer.alloc(32, 7) }
    const [one, two] = [await encrypt('hunter2', keyring), await encrypt('swordfish', keyring)]
    await config.releases.publish(path, `timeout: 1\npassword: "${one}"\n`)
    await start('a', { keyring })
    const text = `timeout: 2\npassword: "${two}"\n`
    const preview = await config.releases.publish(path, text, { dryRun: true })
    expect(preview.affected[0]).toMatchObject({
      changes: [{ keyPath: ['timeout'] }, { keyPath: ['password'], from: '[secret]', to: '[secret]' }],
      breaks: [],
    })
    await config.releases.publish(path, text)
    const shown = inspect([preview, await config.releases.diff(path, 1, 2), await config.releases.history(path)], {
      depth: 9,
    })
    for (const secret of ['hunter2', 'swordfish', one, two]) expect(shown).not.toContain(secret)
  })

  it('follows imports that a change would add', async () => {
    await config.releases.publish(path, 'timeout: 1\n')
    await config.releases.publish('shared/bad.yaml', 'host: 7\n')
    await start('a')
    const change = 'waypost: { import: [shared/bad.yaml] }\ntimeout: 1\n'
    await expect(config.releases.publish(path, change)).rejects.toMatchObject({
      message: expect.stringContaining('shared/bad.yaml:1:1: host: must be string'),
    })
    await expect(config.releases.publish(path, change.replace('bad', 'missing'))).rejects.toMatchObject({
      message: expect.stringContaining('shared/missing.yaml'),
    })
  })

  it('refuses a canary or a policy for what nobody and nothing is called', async () => {
    await config.releases.publish(path, 'timeout: 1\n')
    await start('web-1', { zone: 'eu-1', labels: { tier: 'internal' } })
    const create = (rule: CanaryRule, evenIfUnknown = false) =>
      config.canaries.create(path, { name: 'c', rule, content: 'timeout: 2\n', evenIfUnknown })
    for (const [rule, message] of [
      [{ instances: ['web-1', 'wep-2'] }, 'No live process has the instance "wep-2". Known are web-1.'],
      [{ zones: ['eu-2'] }, 'the zone "eu-2". Known are eu-1.'],
      [{ labels: { tier: ['external'] } }, 'the label tier of "external". Known are internal.'],
      [{ labels: { teir: ['internal'] } }, 'the label teir of "internal". None is known.'],
    ] as const) {
      await expect(create(rule)).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining(message) })
    }
    await newClient().kv.put('/services/order/elsewhere', '{"host":"10.0.0.1","port":1}')
    await create({ instances: ['elsewhere'], zones: ['eu-1'], labels: { tier: ['internal'] } })
    await config.canaries.abort(path, 'c')
    await create({ zones: ['eu-2'] }, true)
    await expect(config.policies.set('oder/', { approvals: 1 })).rejects.toMatchObject({ code: 'not-found' })
    await config.policies.set('oder/', { approvals: 1 }, { evenIfUnknown: true })
    await config.policies.set('order/', { approvals: 1 })
  })

  it('reaches as much of the live processes as a canary says: of three, 34 % are one', async () => {
    await config.releases.publish(path, 'timeout: 1\n')
    const lives = await Promise.all(['a', 'b', 'c'].map((instance) => start(instance)))
    const having = () => lives.filter(({ current }) => current.timeout === 2).length
    for (const [percent, count] of [
      [34, 1],
      [1, 1],
      [67, 2],
    ] as const) {
      const { seed } = await config.canaries.create(path, { name: 'c', rule: { percent }, content: 'timeout: 2\n' })
      await until(`${percent} % have it`, () => having() === count)
      expect(['a', 'b', 'c'].filter((instance) => percentileOf(instance, seed) < percent)).toHaveLength(count)
      await config.canaries.abort(path, 'c')
      await until('nobody has it', () => having() === 0)
    }
  })

  it('shows a process by the name that the registry and the audit show', async () => {
    await config.releases.publish(path, 'timeout: 1\n')
    const client = newClient()
    const process = new ConfigCenter(client)
    processes.push(process)
    await process.load({ app: 'order' })
    await process.load({ app: 'order' })
    await until('Both are known', async () => (await config.consumers.status(path)).processes.length === 2)
    const { processes: known } = await config.consumers.status(path)
    expect(known.map((each) => each.process)).toEqual([client.identity.process, `${client.identity.process}~2`])
    expect(known.map(({ instance }) => instance)).toEqual(Array(2).fill(client.identity.instance))
    await process.releases.publish(path, 'timeout: 2\n')
    expect((await config.audit.list()).entries[0]).toMatchObject({ process: client.identity.process })
  })

  it('takes a canary back that live processes reject, and promotes one that they take', async () => {
    await config.releases.publish(path, 'timeout: 1\n')
    const [a, b] = await Promise.all([start('a'), start('b')])
    const rule = { instances: ['a'] }
    const bad = { name: 'bad', rule, content: 'timeout: soon\n' }
    await expect(config.canaries.create(path, bad)).rejects.toMatchObject({
      message: expect.stringContaining('order@1.4 on 1 instance (a)'),
    })
    expect(await config.canaries.preview(path, { ...bad, content: 'timeout: 5\n' })).toMatchObject([
      { instances: ['a'], changes: [{ keyPath: ['timeout'], from: 1, to: 5 }] },
    ])
    {
      await using _guard = config.canaries.guard()
      await config.canaries.create(path, { ...bad, validate: 'stored' })
      await until('The rollback', async () => (await config.canaries.list(path)).canaries.length === 0)
    }
    await config.canaries.create(path, { name: 'good', rule, content: 'timeout: 5\n' })
    await until('The canary', () => a.current.timeout === 5)
    await until('The status', async () => (await config.consumers.status(path)).canaries[0]?.counts.applied === 1)
    expect(await config.consumers.status(path)).toMatchObject({
      released: { applied: 1, rejected: 0, pending: 0 },
      canaries: [{ name: 'good', counts: { applied: 1, rejected: 0, pending: 0 } }],
    })
    const other = await config.releases.publish(path, 'timeout: 2\n')
    expect(await config.consumers.waitUntilApplied(other)).toEqual({ processes: 2, onCanary: 1 })
    expect([a.current.timeout, b.current.timeout]).toEqual([5, 2])
    const { release: expectedRelease } = other
    await config.consumers.waitUntilApplied(await config.canaries.promote(path, 'good', { expectedRelease }))
    expect(b.current.timeout).toBe(5)
  })

  it('does not wait forever, and says for whom it waited', async () => {
    await config.releases.publish(path, 'timeout: 1\n')
    await start('a')
    const record = '{"app":"order","instance":"hung","documents":["order/application.yaml"]}'
    await newClient().kv.put('/waypost/config/consumers/hung~1', record)
    const released = await config.releases.publish(path, 'timeout: 2\n')
    const clock = new FakeClock()
    const client = newClient()
    const followed = vi.spyOn(client, 'cache')
    const late = expect(new ConfigCenter(client, { clock }).consumers.waitUntilApplied(released)).rejects.toMatchObject(
      {
        code: 'deadline-exceeded',
        message: expect.stringContaining('no answer from order on hung within 30000 ms'),
      },
    )
    const [applied, consumers] = followed.mock.results.map(({ value }) => value)
    await consumers?.ready
    await until('The other has answered', () =>
      [...(applied?.values() ?? [])].some(({ bytes }) => parseApplied(bytes).record?.release === released.release),
    )
    await clock.advance(30_000)
    await late
    const aborted = new AbortController()
    const waiting = config.consumers.waitUntilApplied(released, { signal: aborted.signal })
    aborted.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
  })
})
