import { Election, LeaderRequest, Lock, LockRequest, ResignRequest, UnlockRequest } from '@waypost/protocol'
import type { EmbeddedServer } from '@waypost/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startEtcdctl } from '../src/etcd/etcdctl.ts'
import { requireOrSkip } from '../src/etcd/require-or-skip.ts'
import type { Program } from '../src/process/program.ts'
import { startStore } from '../src/start-store.ts'
import { text } from '../src/wire/view.ts'
import { Wire } from '../src/wire/wire.ts'

const runs = requireOrSkip('etcdctl lock and elect on the embedded server', 'etcdctl')

describe.skipIf(!runs)('etcdctl on the embedded server', () => {
  let store: EmbeddedServer
  let wire: Wire
  const programs: Program[] = []

  beforeEach(async () => {
    store = await startStore()
    wire = new Wire(store.url)
  })

  afterEach(async () => {
    await Promise.all(programs.splice(0).map((program) => program.kill()))
    await wire.close()
    await store.close()
  })

  async function etcdctl(...args: string[]): Promise<Program> {
    const program = await startEtcdctl(store.url, args)
    programs.push(program)
    return program
  }

  async function queued(count: number): Promise<void> {
    await expect.poll(async () => (await wire.range('q/', { end: 'q0' })).kvs).toHaveLength(count)
  }

  it('two etcdctl lock exclude each other', async () => {
    const first = await etcdctl('lock', 'q')
    await first.waitForOutput('q/')
    const second = await etcdctl('lock', 'q')
    await queued(2)
    expect(second.stdout).toBe('')
    first.signal('SIGINT')
    await second.waitForOutput('q/')
    await queued(1)
  })

  it('etcdctl lock and the Lock service exclude each other', async () => {
    const name = Buffer.from('q')
    const held = await wire.call(Lock.lock, LockRequest.create({ name }))
    const program = await etcdctl('lock', 'q')
    await queued(2)
    expect(program.stdout).toBe('')
    const waiting = wire.call(Lock.lock, LockRequest.create({ name }))
    await queued(3)
    await wire.call(Lock.unlock, UnlockRequest.create({ key: held.key }))
    await program.waitForOutput('q/')
    await queued(2)
    program.signal('SIGINT')
    const { key } = await waiting
    expect((await wire.range('q/', { end: 'q0' })).kvs.map((kv) => text(kv.key))).toEqual([text(key)])
  })

  it('etcdctl elect and the Election service see the same leader', async () => {
    const program = await etcdctl('elect', 'q', 'ann')
    await program.waitForOutput('ann')
    const listener = await etcdctl('elect', '--listen', 'q')
    await listener.waitForOutput('ann')
    const name = Buffer.from('q')
    const { kv } = await wire.call(Election.leader, LeaderRequest.create({ name }))
    expect(text(kv?.value ?? name)).toBe('ann')
    const campaign = wire.call(Election.campaign, { name, lease: 0n, value: Buffer.from('bob') })
    await queued(2)
    program.signal('SIGINT')
    const { leader } = await campaign
    await listener.waitForOutput('bob')
    await wire.call(Election.resign, ResignRequest.create({ leader }))
    await queued(0)
  })
})
