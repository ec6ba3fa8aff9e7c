import { patienceMs, requireOrSkip, runEtcdctl, startEtcd, startEtcdctl } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { BesideEtcdctl, comparable, type RunningStore, serveInMemory } from './beside-etcdctl.test-support.ts'
import { startWaypost, waypost } from './waypost.test-support.ts'

const available = requireOrSkip('waypost beside etcdctl', 'etcd', 'etcdctl')

/** On the embedded store what is printed and what the store answers are compared at once; on etcd only the former. */
const isLong = process.env.WAYPOST_LONG !== undefined
const ownStores = [['the embedded store', serveInMemory] as const, ...(isLong ? [['etcd', startEtcd] as const] : [])]

/** The same commands on two fresh stores: by etcdctl on an etcd, by waypost on another or on the embedded store. */
describe.skipIf(!available).each(ownStores)('as etcdctl does, on %s', (_name, startOurs) => {
  let theirs: RunningStore
  let ours: RunningStore
  let beside: BesideEtcdctl
  const both: BesideEtcdctl['both'] = (...args) => beside.both(...args)
  const expectSame: BesideEtcdctl['expectSame'] = (...args) => beside.expectSame(...args)
  const expectSameEach: BesideEtcdctl['expectSameEach'] = (...commands) => beside.expectSameEach(...commands)

  beforeAll(async () => {
    beside = await BesideEtcdctl.start(startOurs)
    theirs = beside.theirs
    ours = beside.ours
  })

  afterAll(async () => {
    await beside?.close()
  })

  test('put, get and del print the same', async () => {
    await expectSame(['put', 'a', '1'])
    await expectSame(['put', '--prev-kv', 'a', '2'])
    await expectSame(['put', 'a/b', 'x\ny'])
    await expectSame(['put', 'a/b', '', '--prev-kv'])
    await expectSame(['put', 'a/<配置>&', '值'])
    await expectSame(['put', 'stdin'], 'from standard input\n')
    await expectSame(['put', '--', '-dash', '-value'])
    await expectSameEach(
      ['get', 'a'],
      ['get', 'missing'],
      ['get', 'stdin'],
      ['get', '--prefix', 'a'],
      ['get', '--prefix', ''],
      ['get', '--prefix', 'a', '--keys-only'],
      ['get', '--prefix', 'a', '--print-value-only'],
      ['get', 'a', 'a/b'],
      ['get', '--from-key', 'a/'],
      ['get', '--prefix', 'a', '--order', 'DESCEND', '--limit', '2'],
      ['get', '--prefix', 'a', '--sort-by', 'modify', '--order=descend'],
      ['get', '--prefix', 'a', '--rev', '3'],
      ['get', 'a', '--hex=true'],
      ['get', 'a', '--consistency=s'],
    )
    await expectSame(['put', 'a', '--ignore-value'])
    await expectSame(['put', 'a', '3', '--ignore-lease'])
    await expectSame(['del', 'a', '--prev-kv'])
    await expectSame(['del', 'missing'])
    await expectSame(['del', '--prefix', 'a/', '--prev-kv'])
  })

  test('what etcdctl refuses fails, with nothing on standard output', async () => {
    await expectSameEach(
      ['get', ''],
      ['get', '--prefix', '--from-key', 'a'],
      ['get', 'a', 'b', '--prefix'],
      ['get', 'a', '--rev', '999999'],
      ['get', 'a', '--sort-by', 'nothing'],
      ['put', 'nothing', '--ignore-value'],
      ['put', 'a', 'x', '--ignore-value'],
      ['put', 'a', 'x', '--lease=123'],
      ['put', 'a', 'x', '--lease=zz'],
      ['put', 'a'],
      ['compaction', '999999'],
      ['lease', 'revoke', '123'],
      ['lease', 'keep-alive', '--once', '123'],
    )
  })

  test('json has the same shape', async () => {
    await expectSame(['put', 'json', '1', '-w', 'json'])
    await expectSame(['put', 'json', '2', '--prev-kv', '-w', 'json'])
    await expectSameEach(
      ['get', 'json', '-w=json'],
      ['--write-out', 'json', 'get', '--prefix', ''],
      ['get', '--prefix', '', '--limit', '1', '-w', 'json'],
      ['get', 'missing', '-w', 'json'],
    )
    await expectSame(['del', 'json', '--prev-kv', '-w', 'json'])
    await expectSame(['del', 'json', '-w', 'json'])
  })

  test('fields have the same lines', async () => {
    await expectSame(['put', 'fields "配\n置"', '\u2028\u0001\u007f🙂', '-w', 'fields'])
    await expectSame(['put', 'fields/2', 'x', '-w', 'fields'])
    await expectSame(['put', 'fields/2', 'y', '--prev-kv', '-w', 'fields'])
    await Promise.all([
      expectSame(['get', '--prefix', 'fields', '--limit', '1', '-w', 'fields']),
      expectSame(['get', 'missing', '-w', 'fields']),
      expectSame(['lease', 'timetolive', '123', '-w', 'fields']),
    ])
    await expectSame(['txn', '-w', 'fields'], '\nget fields/2\nput fields/3 1\nget fields/3\ndel fields/4\n\n\n')
    await expectSame(['del', '--prefix', 'fields', '--prev-kv', '-w', 'fields'])
  })

  test('leases print the same', async () => {
    const { expected, actual } = await both(['lease', 'grant', '100'])
    const pattern = /^lease ([0-9a-f]{16}) granted with TTL\(100s\)\n$/
    const [, theirLease = ''] = pattern.exec(expected.stdout) ?? []
    const [, ourLease = ''] = pattern.exec(actual.stdout) ?? []
    expect(ourLease).toHaveLength(16)
    const expectSameOfLease = async (...args: string[]): Promise<void> => {
      const naming = (lease: string): string[] => ['lease', ...args].map((word) => word.replace('<id>', lease))
      const [etcdctl, ownPrint] = await Promise.all([
        runEtcdctl(theirs.url, naming(theirLease)),
        waypost(naming(ourLease), { env: { WAYPOST_ENDPOINTS: ours.url } }),
      ])
      expect(anonymous(ownPrint.stdout), ownPrint.stderr).toBe(anonymous(etcdctl.stdout))
    }
    await Promise.all([
      runEtcdctl(theirs.url, ['put', 'leased', 'x', '--lease', theirLease]),
      waypost(['put', 'leased', 'x', '--lease', ourLease], { env: { WAYPOST_ENDPOINTS: ours.url } }),
    ])
    await expectSameOfLease('list')
    await expectSameOfLease('list', '-w', 'json')
    // The two may ask on either side of a full second, and are asked again then.
    const patiently = (...args: string[]): Promise<void> =>
      vi.waitFor(() => expectSameOfLease(...args), { timeout: patienceMs })
    await patiently('timetolive', '<id>')
    await patiently('timetolive', '<id>', '--keys')
    await patiently('timetolive', '<id>', '--keys', '-w', 'json')
    await expectSameOfLease('keep-alive', '<id>', '--once')
    await expectSameOfLease('keep-alive', '<id>', '--once', '-w', 'json')
    await expectSameOfLease('revoke', '<id>')
    await expectSame(['get', 'leased'])
    await expectSame(['lease', 'timetolive', '123'])
    const gone = await beside.both(['lease', 'keep-alive', '123'])
    expect(gone.actual).toMatchObject({ code: 4, stdout: gone.expected.stdout })
    await expectSame(['lease', 'list'])
  })

  test('keep-alive goes on until the lease is gone', async () => {
    const env = { WAYPOST_ENDPOINTS: ours.url }
    const [, lease = ''] = /^lease (\w+)/.exec((await waypost(['lease', 'grant', '6'], { env })).stdout) ?? []
    await using program = await startWaypost(['lease', 'keep-alive', lease], { env })
    const renewed = `lease ${lease} keepalived with TTL(6)\n`
    await program.waitForOutput(renewed + renewed)
    await waypost(['lease', 'revoke', lease], { env })
    const { code, stdout } = await program.exited
    expect({ code, end: stdout.replaceAll(renewed, '') }).toEqual({
      code: 0,
      end: `lease ${lease} expired or revoked.\n`,
    })
  })

  test('watch prints the same', async () => {
    const args = ['watch', '--prefix', 'w', '--prev-kv']
    await using theirWatch = await startEtcdctl(theirs.url, [...args, '--rev', '1'])
    await using ourWatch = await startWaypost([...args, '--rev', '1'], { env: { WAYPOST_ENDPOINTS: ours.url } })
    await both(['put', 'w', '1'])
    await both(['put', 'w', '2'])
    await both(['put', 'w/x', 'two\nlines'])
    await both(['del', '--prefix', 'w'])
    await both(['put', 'w/end', 'end'])
    const expected = await theirWatch.waitForOutput('w/end\nend\n')
    expect(await ourWatch.waitForOutput('w/end\nend\n')).toBe(expected)
  })

  test('watch prints fields as lines', async () => {
    const args = ['watch', 'wf', '--rev', '1', '--prev-kv', '-w', 'fields']
    await both(['put', 'wf', '1'])
    await both(['put', 'wf', '\u0001"2'])
    await both(['del', 'wf'])
    await using theirWatch = await startEtcdctl(theirs.url, args)
    await using ourWatch = await startWaypost(args, { env: { WAYPOST_ENDPOINTS: ours.url } })
    const end = /DELETE[\s\S]*"Lease" : 0\n$/
    // How much of the history comes under one header is the store's choice.
    const events = (text: string): string => text.replaceAll(/"(ClusterID|MemberID|Revision|RaftTerm)" : \d+\n/g, '')
    const printed = await ourWatch.waitForOutput(end)
    expect(printed).toMatch(/^"ClusterID" : \d+\n"MemberID" : \d+\n"Revision" : \d+\n"RaftTerm" : \d+\n"Type" : PUT\n/)
    expect(events(printed)).toBe(events(await theirWatch.waitForOutput(end)))
  })

  test('watch prints json of the same shape', async () => {
    const args = ['watch', 'wj', '-w', 'json', '--rev', '1']
    await both(['put', 'wj', '1'])
    await using theirWatch = await startEtcdctl(theirs.url, args)
    await using ourWatch = await startWaypost(args, { env: { WAYPOST_ENDPOINTS: ours.url } })
    const keys = /("\w+"):/g
    const expected = (await theirWatch.waitForOutput('\n')).match(keys)
    expect((await ourWatch.waitForOutput('\n')).match(keys)).toEqual(expected)
  })

  test('compaction prints the same, and old revisions are gone', async () => {
    await expectSame(['compaction', '5'])
    await expectSame(['compaction', '5'])
    await expectSame(['compaction', '6', '--physical'])
    await expectSame(['get', 'a', '--rev', '3'])
    const watch = await waypost(['watch', 'a', '--rev', '3'], { env: { WAYPOST_ENDPOINTS: ours.url } })
    expect(watch).toMatchObject({ code: 1, stdout: '' })
    expect(watch.stderr).toMatch(/^error \(compacted\): .+\n$/)
  })

  test('upkeep prints what etcdctl prints', async () => {
    await using stranger = await startEtcd()
    const onStranger = async (args: readonly string[]): Promise<void> => {
      const [expected, actual] = await Promise.all([
        runEtcdctl(stranger.url, args),
        waypost(args, { env: { WAYPOST_ENDPOINTS: stranger.url } }),
      ])
      const timeless = (text: string): string => text.replaceAll(/took \S+s\n/g, 'took <time>\n')
      expect(timeless(actual.stdout), actual.stderr).toBe(timeless(expected.stdout))
      expect(actual.code !== 0).toBe(expected.code !== 0)
    }
    await runEtcdctl(stranger.url, ['put', 'a', '1'])
    // What is in use of the file, which is printed, settles only some time after a write, or now.
    await runEtcdctl(stranger.url, ['defrag'])
    // The index of the log, which is printed, moves with every linearizable read: one after the other.
    await onStranger(['endpoint', 'status'])
    await onStranger(['endpoint', 'status', '-w', 'json'])
    await onStranger(['endpoint', 'status', '-w', 'fields'])
    await Promise.all([
      onStranger(['endpoint', 'hashkv', '-w', 'fields']),
      onStranger(['member', 'list', '-w', 'fields']),
      onStranger(['endpoint', 'hashkv']),
      onStranger(['endpoint', 'hashkv', '--rev', '1', '-w', 'json']),
      onStranger(['endpoint', 'hashkv', '--rev', '99']),
      onStranger(['member', 'list']),
    ])
    await onStranger(['defrag'])
    await onStranger(['alarm', 'list'])
    await onStranger(['alarm', 'disarm'])
  })

  test('endpoint health tells of an alarm', async () => {
    await using full = await startWaypost(['serve', '--memory', '--port', '0', '--quota-backend-bytes', '1000'])
    const [, url = ''] = /on (http:\S+)/.exec(await full.waitForOutput('Ctrl+C')) ?? []
    const env = { WAYPOST_ENDPOINTS: url }
    expect(await waypost(['endpoint', 'health'], { env })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/ is healthy: successfully committed proposal: took = \S+ms\n$/),
    })
    expect(await waypost(['put', 'a', 'x'.repeat(2_000)], { env })).toMatchObject({ code: 1 })
    expect(await waypost(['endpoint', 'health'], { env })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('alarm:NOSPACE'),
    })
    expect((await waypost(['alarm', 'list'], { env })).stdout).toMatch(/^memberID:\d+ alarm:NOSPACE \n$/)
    await waypost(['alarm', 'disarm'], { env })
    expect(await waypost(['endpoint', 'health'], { env })).toMatchObject({ code: 0 })
  })

  test('status prints what etcdctl prints', async () => {
    const { stdout } = await waypost(['status', '-w', 'simple', '--endpoints', theirs.url])
    const expected = await runEtcdctl(theirs.url, ['endpoint', 'status'])
    const constant = (text: string): string[] => text.split(', ').slice(1, 10)
    expect(constant(stdout)).toEqual(constant(expected.stdout))
  })
})

/** A lease has an id of its own, in hexadecimal or, as JSON, in decimal; a second may pass between two answers. */
function anonymous(text: string): string {
  return comparable(text)
    .replaceAll(/\b[0-9a-f]{16}\b/g, '<lease>')
    .replaceAll(/"(id|ID)":\d+/g, '"$1":0')
    .replaceAll(/(remaining\(|"ttl":)(9\d|100)/g, '$1<left>')
}
