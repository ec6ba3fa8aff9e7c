import { fileURLToPath } from 'node:url'
import { EtcdClient } from '@waypost/client'
import { Coordination } from '@waypost/coordination'
import {
  type EtcdCluster,
  NamespaceNetwork,
  Program,
  ProxyNetwork,
  requireOrSkip,
  startEtcdCluster,
  startStore,
  until,
  whyNoNamespaces,
} from '@waypost/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const isLong = process.env.WAYPOST_LONG !== undefined
const canCluster = requireOrSkip('locks while members of a cluster fail', 'etcd')

/** One accepted write of the register. */
interface Write {
  readonly value: number
  readonly token: bigint
}

let store: Awaited<ReturnType<typeof startStore>>
let etcd: EtcdClient
let coordination: Coordination
let programs: Program[]

beforeEach(async () => {
  store = await startStore()
  etcd = new EtcdClient({ endpoints: store.url, logger: false })
  coordination = new Coordination(etcd, { ttlSeconds: 2 })
  programs = []
})

afterEach(async () => {
  for (const program of programs) {
    program.signal('SIGCONT')
    program.signal('SIGKILL')
    await program.exited
  }
  await coordination.close()
  await etcd.close()
  await store.close()
})

function countOf(program: Program, word: 'read' | 'wrote' | 'refused' | 'failed'): number {
  return (program.stdout.match(new RegExp(`^${word}`, 'gm')) ?? []).length
}

/** One line for whoever reads the output of a long run. */
function report(what: string, facts: Readonly<Record<string, number>>): void {
  if (isLong) process.stderr.write(`${what}: ${JSON.stringify(facts)}\n`)
}

async function start(fixture: string, env: Readonly<Record<string, string>> = {}): Promise<Program> {
  const file = fileURLToPath(new URL(`./fixtures/${fixture}`, import.meta.url))
  const environment = { ...process.env, NODE_OPTIONS: '', WAYPOST_ENDPOINTS: store.url, ...env }
  const program = await Program.start(process.execPath, [file], { env: environment })
  programs.push(program)
  return program
}

/** Everything that was written to the register, from its history. */
async function history(client = etcd): Promise<Write[]> {
  const writes: Write[] = []
  const last = await client.kv.get('register')
  if (last === undefined) return writes
  await using watch = client.watch({ key: 'register' }, { startRevision: 1n })
  for await (const { events } of watch) {
    for (const { kv } of events) {
      const record: unknown = JSON.parse(kv.text())
      if (!(record instanceof Object && 'value' in record && 'token' in record)) throw new Error(kv.text())
      writes.push({ value: Number(record.value), token: BigInt(String(record.token)) })
      if (kv.modRevision >= last.modRevision) return writes
    }
  }
  return writes
}

/** What the model says of a history: each write counts on from the last, and carries a greater token. */
function violations(writes: readonly Write[]): string[] {
  return writes.flatMap(({ value, token }, index) => {
    const before = writes[index - 1] ?? { value: 0, token: 0n }
    const found: string[] = []
    if (value !== before.value + 1) found.push(`an update was lost: ${before.value} became ${value}`)
    if (token <= before.token) found.push(`the token fell from ${before.token} to ${token}`)
    return found
  })
}

function lastRead(program: Program): number {
  return [...program.stdout.matchAll(/^read (\d+)$/gm)].length
}

/**
 * Stops one process between reading and writing for longer than its lease lives, lets the other go on, and wakes it.
 */
async function stopBeyondTtl(first: Program, second: Program): Promise<void> {
  const reads = lastRead(first)
  await until('It has the lock', () => lastRead(first) > reads && first.stdout.endsWith('\n') && isThinking(first))
  first.signal('SIGSTOP')
  const written = (second.stdout.match(/^wrote/gm) ?? []).length
  await until('The other one went on', () => (second.stdout.match(/^wrote/gm) ?? []).length >= written + 3)
  const ends = (first.stdout.match(/^(wrote|refused|failed)/gm) ?? []).length
  first.signal('SIGCONT')
  await until('It has tried', () => (first.stdout.match(/^(wrote|refused|failed)/gm) ?? []).length > ends)
}

function isThinking(program: Program): boolean {
  return /read \d+\n$/.test(program.stdout)
}

describe('a lock under faults', () => {
  test('a holder stopped beyond its lease, blocked, or killed neither loses an update nor writes with an old token', async () => {
    const env = { GUARDED: '1', THINK_MS: '150' }
    const [first, second] = [await start('increment.mjs', env), await start('increment.mjs', env)]
    await stopBeyondTtl(first, second)
    expect(first.stdout).toContain('refused')
    // A blocked event loop.
    const refused = (second.stdout.match(/^(refused|failed)/gm) ?? []).length
    await until('It has the lock', () => isThinking(second))
    second.signal('SIGUSR2')
    await until('It was refused', () => (second.stdout.match(/^(refused|failed)/gm) ?? []).length > refused)
    // A death, in the middle.
    await until('It has the lock', () => isThinking(first))
    first.signal('SIGKILL')
    const third = await start('increment.mjs', env)
    await until('Others go on', () => third.stdout.includes('wrote') && second.stdout.includes('wrote'))
    const writes = await history()
    expect(writes.length).toBeGreaterThan(5)
    expect(violations(writes)).toEqual([])
  })

  test('the same without guard loses updates: the model can fail', async () => {
    const env = { GUARDED: '0', THINK_MS: '150' }
    const [first, second] = [await start('increment.mjs', env), await start('increment.mjs', env)]
    await stopBeyondTtl(first, second)
    expect(violations(await history())).not.toEqual([])
  })

  test.skipIf(!isLong)(
    'for minutes, with faults at random',
    async () => {
      const env = { GUARDED: '1', THINK_MS: '20' }
      const running = await Promise.all([1, 2, 3, 4].map(() => start('increment.mjs', env)))
      const endMs = performance.now() + 180_000
      let faults = 0
      while (performance.now() < endMs) {
        faults += 1
        const index = Math.floor(Math.random() * running.length)
        const program = running[index]
        const fault = Math.random()
        if (fault < 0.5) {
          program?.signal('SIGSTOP')
          await new Promise((resolve) => setTimeout(resolve, 3_500))
          program?.signal('SIGCONT')
        } else if (fault < 0.8) program?.signal('SIGUSR2')
        else {
          program?.signal('SIGKILL')
          running[index] = await start('increment.mjs', env)
        }
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
      const writes = await history()
      report('a lock under faults of processes', { writes: writes.length, faults })
      expect(writes.length).toBeGreaterThan(50)
      expect(violations(writes)).toEqual([])
    },
    300_000,
  )
})

/** A cluster whose members fail, and processes that increment the register through it. */
class FailingCluster implements AsyncDisposable {
  readonly network: NamespaceNetwork | ProxyNetwork
  readonly cluster: EtcdCluster
  readonly endpoints: readonly string[]
  readonly direct: EtcdClient

  private constructor(
    network: NamespaceNetwork | ProxyNetwork,
    cluster: EtcdCluster,
    endpoints: readonly string[],
    direct: EtcdClient,
  ) {
    this.network = network
    this.cluster = cluster
    this.endpoints = endpoints
    this.direct = direct
  }

  static async start(): Promise<FailingCluster> {
    const network = (await whyNoNamespaces()) === undefined ? await NamespaceNetwork.start(3) : new ProxyNetwork(3)
    const cluster = await startEtcdCluster(3, { places: network.places })
    const endpoints = (await network.endpointsTo(cluster.endpoints)).slice(0, 3)
    // The one who judges goes past the faults of the clients' network.
    const direct = new EtcdClient({ endpoints: cluster.endpoints, logger: false, timeoutMs: 30_000 })
    return new FailingCluster(network, cluster, endpoints, direct)
  }

  /** The index of the member that leads. */
  async leader(): Promise<number> {
    let found = -1
    await until('A member leads', async () => {
      const statuses = await Promise.all(
        this.cluster.endpoints.map((endpoint) =>
          this.direct.maintenance.status({ endpoint, timeoutMs: 1_000 }).catch(() => undefined),
        ),
      )
      found = statuses.findIndex((status) => status !== undefined && status.leader === status.memberId)
      return found >= 0
    })
    return found
  }

  async killLeader(): Promise<number> {
    const leader = await this.leader()
    await this.cluster.members[leader]?.kill()
    return leader
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.direct.close()
    await this.cluster.close()
    await this.network.close()
  }
}

describe.skipIf(!canCluster)('a lock on three members that fail', () => {
  test('no update is lost and no token falls when the leading member is killed or stopped and members are cut off', async () => {
    await using failing = await FailingCluster.start()
    const { network, cluster, endpoints, direct } = failing
    const env = { GUARDED: '1', THINK_MS: '20', WAYPOST_ENDPOINTS: endpoints.join(',') }
    const running = await Promise.all([1, 2, 3].map(() => start('increment.mjs', env)))
    const writesSoFar = (): number => running.reduce((sum, program) => sum + countOf(program, 'wrote'), 0)
    const goOn = async (): Promise<void> => {
      const before = writesSoFar()
      await until('Somebody writes again', () => writesSoFar() >= before + 5)
    }
    await goOn()
    let [killed, halted, cut, stopped] = [0, 0, 0, 0]
    const endMs = performance.now() + (isLong ? 240_000 : 0)
    do {
      const leader = await failing.killLeader()
      killed += 1
      await goOn()
      await cluster.members[leader]?.restart()
      // A member that is stopped keeps its connections and says nothing; woken, it thinks for a moment that it leads.
      const silent = cluster.members[await failing.leader()]
      silent?.pause()
      halted += 1
      await goOn()
      silent?.resume()
      // A follower or the leader: clients that talk to it hear nothing from then on.
      const member = isLong ? Math.floor(Math.random() * 3) : await failing.leader()
      const side = network.sides[isLong ? Math.floor(Math.random() * network.sides.length) : 0] ?? 'clients'
      await network.cut(member, side)
      cut += 1
      await goOn()
      await network.heal(member, side)
      if (isLong) {
        const program = running[Math.floor(Math.random() * running.length)]
        program?.signal('SIGSTOP')
        await new Promise((resolve) => setTimeout(resolve, 3_500))
        program?.signal('SIGCONT')
        stopped += 1
      }
      await goOn()
    } while (performance.now() < endMs)
    const writes = await history(direct)
    const refused = running.reduce((sum, program) => sum + countOf(program, 'refused') + countOf(program, 'failed'), 0)
    report(`a lock on three members, ${network.kind}`, { writes: writes.length, refused, killed, halted, cut, stopped })
    expect(writes.length).toBeGreaterThanOrEqual(15)
    expect(violations(writes)).toEqual([])
  }, 600_000)
})

describe('a queue under faults', () => {
  test('workers that are killed, stopped and blocked lose no job, and complete none that they lost', async () => {
    const queue = coordination.queue<number>('model', { maxStalls: 100 })
    const count = isLong ? 3_000 : 150
    /** Each claim and completion of each job, as the store saw them. */
    const claims = new Map<string, bigint>()
    const completed = new Map<string, bigint[]>()
    const wrong: string[] = []
    const controller = new AbortController()
    const following = (async () => {
      for await (const { type, id = '', revision } of queue.events({ signal: controller.signal })) {
        if (type === 'active') claims.set(id, revision)
        if (type !== 'completed') continue
        completed.set(id, [...(completed.get(id) ?? []), revision])
        const token = (await queue.status(id))?.token
        if (token !== claims.get(id)) wrong.push(`${id}: completed with ${token}, claimed with ${claims.get(id)}`)
      }
    })()
    const workers = await Promise.all([1, 2, 3].map(() => start('work.mjs')))
    await until('They work', () => workers.every((worker) => worker.stdout.includes('ready')))
    for (let from = 0; from < count; from += 50) {
      await queue.addAll(
        Array.from({ length: 50 }, (_, index) => ({
          data: from + index,
          id: `job-${from + index}`,
          group: `g${index % 10}`,
        })),
      )
    }
    const done = async (share: number): Promise<void> => {
      await until(`${share} of the jobs`, async () => (await queue.counts()).completed >= count * share)
    }
    await done(0.1)
    workers[0]?.signal('SIGKILL')
    await done(0.2)
    workers[1]?.signal('SIGSTOP')
    await done(0.5)
    workers[1]?.signal('SIGCONT')
    workers[2]?.signal('SIGUSR2')
    await done(1)
    expect(await queue.counts()).toMatchObject({
      waiting: 0,
      active: 0,
      delayed: 0,
      blocked: 0,
      dead: 0,
      completed: count,
    })
    await until('Every completion was seen', () => completed.size === count)
    expect([...completed.values()].filter((revisions) => revisions.length > 1)).toEqual([])
    expect(wrong).toEqual([])
    // In the order in which they were completed: each group's jobs in the order in which they were added.
    const order = [...completed].sort(([, [a = 0n]], [, [b = 0n]]) => Number(a - b)).map(([id]) => Number(id.slice(4)))
    for (let group = 0; group < 10; group++) {
      const own = order.filter((number) => number % 10 === group)
      expect(own).toEqual([...own].sort((a, b) => a - b))
    }
    controller.abort()
    await following
    report('a queue under faults', { jobs: count })
  })

  test('a process that is killed while it adds in its own transactions leaves each write with its job, or neither', async () => {
    const kills = isLong ? 60 : 3
    for (let round = 0; round < kills; round++) {
      const adder = await start('add.mjs', { ROUND: String(round) })
      const enough = 3 + Math.floor(Math.random() * 20)
      await until('It adds', () => (adder.stdout.match(/^added/gm) ?? []).length >= enough)
      adder.signal('SIGKILL')
      await adder.exited
    }
    const orders = (await etcd.kv.range({ prefix: 'orders/' })).kvs.map(({ key }) => key.slice('orders/'.length))
    const prefix = '/waypost/queues/adding/jobs/'
    const jobs = new Set(
      (await etcd.kv.range({ prefix }, { keysOnly: true })).kvs.map(({ key }) => key.slice(prefix.length)),
    )
    report('adding under faults', { kills, orders: orders.length, jobs: jobs.size })
    expect(orders.length).toBeGreaterThanOrEqual(3 * kills)
    // Each order has three jobs.
    expect(new Set(orders.flatMap((order) => [1, 2, 3].map((part) => `${order}.${part}`)))).toEqual(jobs)
    expect((await coordination.queue('adding').counts()).waiting).toBe(jobs.size)
  }, 600_000)
})

describe('schedules under faults', () => {
  test('three instances whose leader is killed again and again make each run once, and leave none out', async () => {
    const everyMs = 200
    const { schedules } = coordination
    const jobs = { everyMs, queue: 'runs', overlap: 'allow-all', keep: { count: 10_000 } } as const
    await schedules.put('jobs', jobs, { takePart: false })
    const startInstance = (): Promise<Program> => start('schedule.mjs', { EVERY_MS: String(everyMs) })
    const running = await Promise.all([startInstance(), startInstance(), startInstance()])
    const runsOf = ({ stdout }: Program): number[] => [...stdout.matchAll(/^ran (\d+)$/gm)].map(([, ms]) => Number(ms))
    /** The index of the one that makes runs from now on. */
    const leader = async (): Promise<number> => {
      const before = running.map((program) => runsOf(program).length)
      let found = -1
      await until('Somebody leads', () => {
        found = running.findIndex((program, index) => runsOf(program).length > (before[index] ?? 0) + 1)
        return found >= 0
      })
      return found
    }
    await until('All take part', () => running.every(({ stdout }) => stdout.includes('ready')))
    let faults = 0
    const endMs = performance.now() + (isLong ? 180_000 : 0)
    while (faults < 2 || performance.now() < endMs) {
      const index = await leader()
      const program = running[index]
      faults += 1
      if (isLong && faults % 3 === 0) {
        program?.signal('SIGSTOP')
        await new Promise((resolve) => setTimeout(resolve, 3_500))
        program?.signal('SIGCONT')
      } else {
        program?.signal('SIGKILL')
        running[index] = await startInstance()
      }
    }
    await leader()
    await Promise.all(['model', 'jobs'].map((name) => schedules.pause(name)))
    const limit = 10_000
    await until('All runs have ended', async () =>
      (await schedules.history('model', { limit })).every(({ state }) => state !== 'waiting' && state !== 'running'),
    )
    for (const program of running) program.signal('SIGTERM')
    await Promise.all(running.map(({ exited }) => exited))

    const [functions, added] = await Promise.all(['model', 'jobs'].map((name) => schedules.history(name, { limit })))
    for (const history of [functions ?? [], added ?? []]) {
      expect(history.length).toBeGreaterThan(10)
      const planned = history.map(({ plannedAt }) => plannedAt.getTime()).reverse()
      expect(planned).toEqual(planned.map((_, index) => (planned[0] ?? 0) + index * everyMs))
    }
    const made = programs.flatMap(runsOf)
    expect(new Set(made).size).toBe(made.length)
    // What a leader was in the middle of when it was lost is known to have failed, and is not begun again.
    const failed = (functions ?? []).filter(({ state }) => state !== 'completed')
    expect(failed.filter(({ error }) => !error?.includes('was lost while it ran'))).toEqual([])
    expect(failed.length).toBeLessThanOrEqual(faults)
    const done = (functions ?? []).filter(({ state }) => state === 'completed')
    expect(done.filter(({ plannedAt }) => !made.includes(plannedAt.getTime()))).toEqual([])
    // Each run of the other one is one job.
    expect((await coordination.queue('runs').counts()).waiting).toBe(added?.length)
    report('schedules under faults', { runs: made.length, failed: failed.length, jobs: added?.length ?? 0, faults })
  }, 600_000)
})
