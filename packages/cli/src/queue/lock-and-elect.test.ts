import { EtcdClient } from '@waypost/client'
import { type Program, requireOrSkip, startEtcd, startEtcdctl, startStore, until } from '@waypost/testkit'
import { afterEach, describe, expect, test } from 'vitest'
import { startWaypost, waypost } from '../waypost.test-support.ts'

const available = requireOrSkip('waypost lock and elect beside etcdctl', 'etcdctl')
const onEtcd = requireOrSkip('waypost lock and elect on etcd', 'etcd', 'etcdctl')

const stores = [
  { store: 'the embedded server', start: () => startStore() },
  ...(onEtcd ? [{ store: 'etcd', start: () => startEtcd() }] : []),
]

describe.skipIf(!available)('lock and elect', () => {
  const opened: { close(): Promise<unknown> }[] = []

  afterEach(async () => {
    for (const thing of opened.splice(0).reverse()) await thing.close()
  })

  function keep<T extends { close(): Promise<unknown> }>(thing: T): T {
    opened.push(thing)
    return thing
  }

  async function open(start: () => Promise<{ readonly url: string; close(): Promise<unknown> }> = startStore) {
    const { url } = keep(await start())
    const client = keep(new EtcdClient({ endpoints: [url] }))
    const program = (started: Program): Program => {
      keep({ close: () => started.stop() })
      return started
    }
    return {
      client,
      waypost: async (...args: string[]) => program(await startWaypost(args, { env: { WAYPOST_ENDPOINTS: url } })),
      run: (...args: string[]) => waypost(args, { env: { WAYPOST_ENDPOINTS: url } }),
      etcdctl: async (...args: string[]) => program(await startEtcdctl(url, args)),
      queued: (count: number) =>
        until(`A queue of ${count}`, async () => (await client.kv.count({ prefix: 'q/' })) === BigInt(count)),
    }
  }

  test.each(stores)('waypost lock and etcdctl lock wait for each other on $store', async ({ start }) => {
    const { waypost, etcdctl, queued } = await open(start)
    const first = await waypost('lock', 'q')
    await first.waitForOutput(/^q\/[0-9a-f]+\n\n$/)
    const second = await etcdctl('lock', 'q')
    await queued(2)
    const third = await waypost('lock', 'q')
    await queued(3)
    expect(second.stdout + third.stdout).toBe('')
    first.signal('SIGINT')
    expect(await first.exited).toMatchObject({ code: 0, stderr: '' })
    await second.waitForOutput('q/')
    expect(third.stdout).toBe('')
    second.signal('SIGINT')
    await third.waitForOutput('q/')
    await queued(1)
    third.signal('SIGTERM')
    expect(await third.exited).toMatchObject({ code: 0 })
    await queued(0)
  })

  test('a command runs under the lock, knows it, and its exit code is ours', async () => {
    const { client, waypost, run, queued } = await open()
    const script = 'console.log(process.env.ETCD_LOCK_KEY + " " + process.env.ETCD_LOCK_REV); process.exitCode = 3'
    const ended = await run('lock', 'q', '--', process.execPath, '-e', script)
    expect(ended).toMatchObject({ code: 3, stdout: expect.stringMatching(/^q\/[0-9a-f]+ 2\n$/) })
    await queued(0)
    const waits = 'process.on("SIGTERM", () => process.exit(4)); console.log("runs"); setInterval(() => {}, 1000)'
    const running = await waypost('lock', 'q', '--', process.execPath, '-e', waits)
    await running.waitForOutput('runs')
    expect(await client.kv.count({ prefix: 'q/' })).toBe(1n)
    running.signal('SIGTERM')
    expect(await running.exited).toMatchObject({ code: 4 })
    await queued(0)
    expect((await run('lock', 'q', '--', 'no-such-program')).code).toBe(2)
    await queued(0)
  })

  test('a waiter that is interrupted leaves the queue, and who loses its lease is told', async () => {
    const { client, waypost, queued } = await open()
    const holder = await waypost('lock', 'q', '--ttl', '2')
    await holder.waitForOutput('q/')
    const waiter = await waypost('lock', 'q')
    await queued(2)
    waiter.signal('SIGINT')
    expect(await waiter.exited).toMatchObject({ code: 0, stdout: '' })
    await queued(1)
    const idle = await waypost('lock', 'q', '--', process.execPath, '-e', 'console.log("runs")')
    await queued(2)
    idle.signal('SIGTERM')
    expect(await idle.exited).toMatchObject({ code: 143, stdout: '' })
    await queued(1)
    const second = await waypost('lock', 'q', '--ttl', '2')
    await queued(2)
    const { kvs } = await client.kv.range({ prefix: 'q/' }, { sort: { by: 'createRevision', order: 'ascending' } })
    const [first = 0n, last = 0n] = kvs.map((kv) => kv.lease)
    await client.leases.revoke(last)
    expect(await second.exited).toMatchObject({ code: 4, stdout: '' })
    await client.leases.revoke(first)
    expect(await holder.exited).toMatchObject({ code: 4, stderr: expect.stringContaining('lease-not-found') })
  })

  test.each(stores)('waypost elect and etcdctl elect lead in turn on $store, and both see who', async ({ start }) => {
    const { waypost, etcdctl, queued } = await open(start)
    const listener = await waypost('elect', '--listen', 'q')
    const theirListener = await etcdctl('elect', '--listen', 'q')
    const first = await waypost('elect', 'q', 'ann')
    await first.waitForOutput(/^q\/[0-9a-f]+\nann\n$/)
    for (const one of [listener, theirListener]) await one.waitForOutput(/^q\/[0-9a-f]+\nann\n$/)
    const second = await etcdctl('elect', 'q', 'bob')
    await queued(2)
    first.signal('SIGINT')
    expect(await first.exited).toMatchObject({ code: 0, stderr: '' })
    for (const one of [second, listener, theirListener]) await one.waitForOutput(/q\/[0-9a-f]+\nbob\n$/)
    listener.signal('SIGINT')
    expect(await listener.exited).toMatchObject({ code: 0, stderr: '' })
  })

  test('elect wants a proposal or --listen', async () => {
    const { run } = await open()
    expect((await run('elect', 'q')).code).toBe(2)
    expect((await run('elect', 'q', 'ann', '--listen')).code).toBe(2)
  })
})
