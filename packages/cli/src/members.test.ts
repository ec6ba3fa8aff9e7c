import { requireOrSkip, runEtcdctl, startEtcd, startEtcdCluster } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BesideEtcdctl, serveInMemory } from './beside-etcdctl.test-support.ts'
import { waypost } from './waypost.test-support.ts'

const available = requireOrSkip('members and upkeep beside etcdctl', 'etcd', 'etcdctl')

describe.skipIf(!available)('members and upkeep', () => {
  let beside: BesideEtcdctl
  const ours = (line: string) => waypost(line.split(' '), { env: { WAYPOST_ENDPOINTS: beside.ours.url } })

  beforeAll(async () => {
    beside = await BesideEtcdctl.start(serveInMemory)
  })

  afterAll(async () => {
    await beside?.close()
  })

  test('what etcd refuses the embedded store refuses', async () => {
    const lines = [
      ...['member remove 5', 'member remove xyz', 'member remove', 'member promote 5', 'member update 5'],
      ...['member update 5 --peer-urls http://127.0.0.1:9', 'member add n', 'member add n --peer-urls nonsense'],
      ...['move-leader 5', 'move-leader xx', 'move-leader', 'alarm list -w json', 'alarm disarm -w json'],
    ]
    await Promise.all(lines.map((line) => beside.expectSame(line.split(' '))))
    const refusals: [line: string, message: string][] = [
      ['member remove 5', 'member not found'],
      ['move-leader 5', 'bad leader transferee'],
      ['member add n --peer-urls http://127.0.0.1:9 --learner', 'too many learner members'],
      ['member add n --peer-urls http://127.0.0.1:9', 'not enough started members'],
    ]
    for (const [line, message] of refusals) {
      const { code, stderr } = await ours(line)
      expect(code).not.toBe(0)
      expect(stderr).toContain(message)
    }
  })

  test('the members of an etcd are listed and changed as etcdctl does', async () => {
    await using etcd = await startEtcd()
    await using twin = await startEtcd()
    const env = { WAYPOST_ENDPOINTS: etcd.url }
    for (const args of [
      ['member', 'list'],
      ['member', 'list', '-w', 'json'],
      ['alarm', 'list', '-w', 'json'],
    ])
      expect((await waypost(args, { env })).stdout).toBe((await runEtcdctl(etcd.url, args)).stdout)
    const add = ['member', 'add', 'new', '--peer-urls', 'http://127.0.0.1:9', '--learner=true']
    const [own, their] = await Promise.all([waypost(add, { env }), runEtcdctl(twin.url, add)])
    expect(settings(own.stdout)).toEqual(settings(their.stdout))
    const learner = / ([0-9a-f]+) added/.exec(own.stdout)?.[1] ?? ''
    const update = await waypost(['member', 'update', learner, '--peer-urls', 'http://127.0.0.1:10'], { env })
    expect(update).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Member +\w+ updated in cluster +\w+\n$/) })
    expect(await waypost(['member', 'promote', learner], { env })).toMatchObject({ stdout: '' })
    const removed = await waypost(['member', 'remove', learner, '-w', 'json'], { env })
    expect(JSON.parse(removed.stdout).members).toHaveLength(1)
    expect((await waypost(['member', 'list'], { env })).stdout).toBe(
      (await runEtcdctl(etcd.url, ['member', 'list'])).stdout,
    )
  })

  test('leadership moves, whichever member is asked', async () => {
    await using cluster = await startEtcdCluster(3)
    const [endpoint = ''] = cluster.endpoints
    const env = { WAYPOST_ENDPOINTS: endpoint }
    const rows = (await waypost(['endpoint', 'status', '--cluster'], { env })).stdout.trim().split('\n')
    const follower = rows.map((row) => row.split(', ')).find((cells) => cells[8] === 'false')?.[1] ?? ''
    const moved = await waypost(['move-leader', follower], { env })
    expect(moved).toMatchObject({ code: 0, stdout: expect.stringContaining(`to ${follower}\n`) })
  })

  test('check perf judges, and leaves nothing behind', async () => {
    const args = 'check perf --duration 1s --auto-compact --prefix /perf/'
    const { stdout, code } = await ours(args)
    expect(stdout).toMatch(/^(PASS|FAIL): Throughput \D+\d+ writes\/s\n.*equest took.*s\n.*tddev.*s\n(PASS|FAIL)\n$/)
    expect(code).toBe(stdout.endsWith('PASS\n') ? 0 : 1)
    expect((await ours('get --prefix /perf/ --count-only')).stdout).toBe('0\n')
    await ours('put /perf/mine x')
    const refused = await ours(args)
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('/perf/') })
    expect((await ours('get /perf/mine --print-value-only')).stdout).toBe('x\n')
  })
})

/** The settings that a new member is to be started with, without ids and ports, by which members are ordered. */
function settings(stdout: string): string {
  return (
    stdout
      // One that begins with zeros is as wide with spaces.
      .replaceAll(/ +[0-9a-f]{10,16}\b/g, ' <id>')
      .replaceAll(/127\.0\.0\.1:\d{2,}/g, '<address>')
      .replace(/(?<=ETCD_INITIAL_CLUSTER=").*(?=")/, (members) => members.split(',').sort().join(','))
  )
}
