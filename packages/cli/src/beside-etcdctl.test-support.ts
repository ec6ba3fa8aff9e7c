import { runEtcdctl, startEtcd } from '@waypost/testkit'
import { expect } from 'vitest'
import { startWaypost, waypost } from './waypost.test-support.ts'

export interface RunningStore {
  readonly url: string
  close(): Promise<void>
}

/** Each takes two processes, most of whose time they wait. */
const atATime = 4

/** The same commands on two fresh stores: by etcdctl on an etcd, by waypost on another or on the embedded store. */
export class BesideEtcdctl {
  readonly theirs: RunningStore
  readonly ours: RunningStore

  private constructor(theirs: RunningStore, ours: RunningStore) {
    this.theirs = theirs
    this.ours = ours
  }

  static async start(startOurs: () => Promise<RunningStore>): Promise<BesideEtcdctl> {
    const [theirs, ours] = await Promise.all([startEtcd({ args: ['--bcrypt-cost', '4'] }), startOurs()])
    return new BesideEtcdctl(theirs, ours)
  }

  async both(args: readonly string[], stdin?: string) {
    const [expected, actual] = await Promise.all([
      runEtcdctl(this.theirs.url, args, { stdin }),
      waypost(args, { stdin, env: { WAYPOST_ENDPOINTS: this.ours.url } }),
    ])
    return { expected, actual }
  }

  /** Both print the same on standard output, and both fail or neither. */
  async expectSame(args: readonly string[], stdin?: string): Promise<void> {
    const { expected, actual } = await this.both(args, stdin)
    const line = args.join(' ')
    expect({ line, stdout: comparable(actual.stdout), failed: actual.code !== 0 }, actual.stderr).toEqual({
      line,
      stdout: comparable(expected.stdout),
      failed: expected.code !== 0,
    })
  }

  /** The same of commands whose order does not matter, a few at a time. */
  async expectSameEach(...commands: readonly (readonly string[])[]): Promise<void> {
    const next = commands.values()
    const runInTurn = async (): Promise<void> => {
      for (const args of next) await this.expectSame(args)
    }
    await Promise.all(Array.from({ length: atATime }, runInTurn))
  }

  async close(): Promise<void> {
    await Promise.all([this.theirs.close(), this.ours.close()])
  }
}

/** `waypost serve --memory` in a process of its own. */
export async function serveInMemory(...args: string[]): Promise<RunningStore> {
  const server = await startWaypost(['serve', '--memory', '--port', '0', ...args])
  const [, url = ''] = /on (http:\S+)/.exec(await server.waitForOutput('Ctrl+C')) ?? []
  return { url, close: async () => void (await server.stop()) }
}

/** Each store has ids and terms of its own. */
export function comparable(stdout: string): string {
  return stdout
    .replaceAll(/"(cluster_id|member_id|raft_term)":\d+/g, '"$1":0')
    .replaceAll(/"(ClusterID|MemberID|RaftTerm)" : \d+/g, '"$1" : 0')
}
