import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EtcdClient } from '@waypost/client'
import { Coordination } from '@waypost/coordination'
import {
  findEtcd34,
  makeTempDir,
  Program,
  recordSkip,
  removeTempDir,
  requireOrSkip,
  run,
  startStore,
  until,
} from '@waypost/testkit'
import { afterEach, describe, expect, test } from 'vitest'

// Others that stand in one line with our locks and elections. known-failures.test.ts has the newest etcdctl and npm
// etcd3; here are etcdctl 3.4, the store's own Lock and Election services, and Go's concurrency package.

const isLong = process.env.WAYPOST_LONG !== undefined
const open: { close(): Promise<unknown> }[] = []

afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close()
})

function keep<T extends { close(): Promise<unknown> }>(thing: T): T {
  open.push(thing)
  return thing
}

/** `other` is another process, as far as a lock knows: one refuses a lock that it holds. */
async function world(): Promise<{ url: string; etcd: EtcdClient; coordination: Coordination; other: Coordination }> {
  const { url } = keep(await startStore())
  const etcd = keep(new EtcdClient({ endpoints: url, logger: false }))
  const [coordination, other] = [1, 2].map(() => keep(new Coordination(etcd, { ttlSeconds: 10 })))
  if (coordination === undefined || other === undefined) throw new Error('There are two.')
  return { url, etcd, coordination, other }
}

async function inLine(etcd: EtcdClient, name: string, count: bigint): Promise<void> {
  await until(`${count} in line`, async () => (await etcd.kv.count({ prefix: `${name}/` })) === count)
}

/** A program that stands in line between two of ours: it waits for the first, and the second waits for it. */
async function standsBetween(
  start: (url: string) => Promise<Program>,
  has: RegExp | string,
  giveUp: (program: Program) => void,
): Promise<void> {
  const { url, etcd, coordination, other } = await world()
  const ours = await coordination.lock('x')
  const theirs = await start(url)
  keep({ close: () => theirs.stop() })
  await inLine(etcd, 'x', 2n)
  const last = other.lock('x')
  await inLine(etcd, 'x', 3n)
  expect(theirs.stdout).toBe('')
  await ours.release()
  await theirs.waitForOutput(has)
  expect(await coordination.tryLock('x')).toBeUndefined()
  giveUp(theirs)
  expect((await last).token).toBeGreaterThan(ours.token)
}

describe.skipIf(!requireOrSkip('locks and elections beside etcdctl 3.4', 'etcd34'))('beside etcdctl 3.4', () => {
  const etcdctl = join(dirname(findEtcd34().path ?? ''), 'etcdctl')
  const start = (url: string, ...args: string[]): Promise<Program> =>
    Program.start(etcdctl, args, {
      env: { PATH: process.env.PATH, ETCDCTL_API: '3', ETCDCTL_ENDPOINTS: url },
      keepStdinOpen: true,
    })

  test('etcdctl lock and our locks stand in one line', async () => {
    await standsBetween(
      (url) => start(url, 'lock', 'x'),
      'x/',
      (program) => program.signal('SIGINT'),
    )
  })

  test('etcdctl elect and our elections stand in one line', async () => {
    const { url, etcd, coordination } = await world()
    const ours = await coordination.elect('boss', { value: 'ours' })
    const theirs = await start(url, 'elect', 'boss', 'theirs')
    keep({ close: () => theirs.stop() })
    await inLine(etcd, 'boss', 2n)
    await ours.resign()
    await theirs.waitForOutput('theirs')
    expect(await coordination.leader('boss')).toMatchObject({ value: 'theirs' })
  })
})

describe("beside the store's own services", () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64')

  async function ask(url: string, path: string, body: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })
    const answer: unknown = await response.json()
    if (!response.ok || !(answer instanceof Object)) throw new Error(`${path}: ${JSON.stringify(answer)}`)
    return { ...answer }
  }

  test('the Lock service and our locks stand in one line', async () => {
    const { url, etcd, coordination, other } = await world()
    const { id } = await etcd.leases.grant({ ttlSeconds: 60, keepAlive: false })
    const ours = await coordination.lock('x')
    const theirs = ask(url, '/v3/lock/lock', { name: base64('x'), lease: String(id) })
    await inLine(etcd, 'x', 2n)
    const last = other.lock('x')
    await inLine(etcd, 'x', 3n)
    await ours.release()
    const { key } = await theirs
    expect(Buffer.from(String(key), 'base64').toString()).toBe(`x/${id.toString(16)}`)
    expect(await coordination.tryLock('x')).toBeUndefined()
    await ask(url, '/v3/lock/unlock', { key })
    expect((await last).token).toBeGreaterThan(ours.token)
  })

  test('the Election service and our elections stand in one line, and see each other', async () => {
    const { url, etcd, coordination } = await world()
    const { id } = await etcd.leases.grant({ ttlSeconds: 60, keepAlive: false })
    const ours = await coordination.elect('boss', { value: 'ours' })
    const theirs = ask(url, '/v3/election/campaign', {
      name: base64('boss'),
      lease: String(id),
      value: base64('theirs'),
    })
    await inLine(etcd, 'boss', 2n)
    expect(await ask(url, '/v3/election/leader', { name: base64('boss') })).toMatchObject({
      kv: { value: base64('ours') },
    })
    await ours.resign()
    const { leader } = await theirs
    expect(await coordination.leader('boss')).toMatchObject({ value: 'theirs' })
    const next = coordination.elect('boss', { value: 'again' })
    await inLine(etcd, 'boss', 2n)
    await ask(url, '/v3/election/resign', { leader })
    expect((await next).value).toBe('again')
  })
})

describe.skipIf(!isLong)("beside Go's concurrency package", () => {
  const source = fileURLToPath(new URL('./foreign/', import.meta.url))

  /** Undefined where Go, or the module, is not there. */
  async function build(): Promise<string | undefined> {
    const directory = makeTempDir('go')
    keep({ close: () => removeTempDir(directory) })
    const program = join(directory, 'concurrency')
    const args = ['build', '-o', program, '.']
    const exit = await run('go', args, { cwd: source, env: process.env, timeoutMs: 300_000 }).catch(() => undefined)
    if (exit?.code === 0) return program
    recordSkip("locks and elections beside Go's concurrency", 'Go or its modules are not there')
    return undefined
  }

  test('its mutex and our locks stand in one line', async () => {
    const program = await build()
    if (program === undefined) return
    await standsBetween(
      (url) => Program.start(program, [url, 'lock', 'x'], { keepStdinOpen: true }),
      'held x/',
      (running) => running.closeStdin(),
    )
  }, 400_000)

  test('its election and our elections stand in one line', async () => {
    const program = await build()
    if (program === undefined) return
    const { url, etcd, coordination } = await world()
    const ours = await coordination.elect('boss', { value: 'ours' })
    const theirs = await Program.start(program, [url, 'elect', 'boss', 'theirs'], { keepStdinOpen: true })
    keep({ close: () => theirs.stop() })
    await inLine(etcd, 'boss', 2n)
    const next = coordination.elect('boss', { value: 'again' })
    await inLine(etcd, 'boss', 3n)
    await ours.resign()
    await theirs.waitForOutput('elected boss/')
    expect(await coordination.leader('boss')).toMatchObject({ value: 'theirs' })
    theirs.closeStdin()
    expect((await next).value).toBe('again')
  }, 400_000)
})
