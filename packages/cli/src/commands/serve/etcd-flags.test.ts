import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTempDir, removeTempDir } from '@waypost/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { waypost } from '../../waypost.test-support.ts'
import { etcdFlagsWithoutMeaning } from './etcd-flags.ts'

/** Every option of `etcd --help`, version 3.7.3. */
const etcdFlags =
  `name data-dir wal-dir snapshot-count heartbeat-interval election-timeout initial-election-tick-advance
listen-peer-urls listen-client-urls listen-client-http-urls max-snapshots max-wals memory-mlock quota-backend-bytes
backend-bbolt-freelist-type backend-batch-interval backend-batch-limit max-txn-ops max-request-bytes
max-concurrent-streams grpc-keepalive-min-time grpc-keepalive-interval grpc-keepalive-timeout socket-reuse-port
socket-reuse-address enable-grpc-gateway raft-read-timeout raft-write-timeout feature-gates
initial-advertise-peer-urls initial-cluster initial-cluster-state initial-cluster-token advertise-client-urls discovery
discovery-token discovery-endpoints discovery-dial-timeout discovery-request-timeout discovery-keepalive-time
discovery-keepalive-timeout discovery-insecure-transport discovery-insecure-skip-tls-verify discovery-cert discovery-key
discovery-cacert discovery-user discovery-password discovery-fallback discovery-proxy discovery-srv discovery-srv-name
strict-reconfig-check pre-vote auto-compaction-retention auto-compaction-mode v2-deprecation cert-file key-file
client-cert-auth client-cert-file client-key-file client-crl-file client-cert-allowed-hostname trusted-ca-file auto-tls
peer-cert-file peer-key-file peer-client-cert-auth peer-client-cert-file peer-client-key-file peer-trusted-ca-file
peer-cert-allowed-cn peer-cert-allowed-hostname peer-auto-tls self-signed-cert-validity peer-crl-file cipher-suites cors
host-whitelist tls-min-version tls-max-version auth-token bcrypt-cost auth-token-ttl enable-pprof metrics
listen-metrics-urls logger log-outputs log-level log-format enable-log-rotation log-rotation-config-json
warning-unary-request-duration enable-distributed-tracing distributed-tracing-address distributed-tracing-service-name
distributed-tracing-instance-id distributed-tracing-sampling-rate corrupt-check-time compact-hash-check-time
compaction-batch-limit peer-skip-client-san-verification watch-progress-notify-interval warning-apply-duration
bootstrap-defrag-threshold-megabytes max-learners compaction-sleep-interval downgrade-check-time
snapshot-catchup-entries force-new-cluster unsafe-no-fsync`.split(/\s+/)

test('every option of etcd has a meaning, or is named as one without', async () => {
  const { stdout } = await waypost(['serve', '--help'])
  const ours = new Set([...stdout.matchAll(/--([a-z][a-z-]+)/g)].map(([, name]) => name))
  const unknown = etcdFlags.filter((name) => !ours.has(name) && !etcdFlagsWithoutMeaning.includes(name))
  expect(unknown).toEqual([])
  for (const name of etcdFlagsWithoutMeaning) expect([name, etcdFlags.includes(name)]).toEqual([name, true])
})

test.each([
  [['--initial-cluster', 'a=http://a:2380'], 'has no meaning here: this store is one process'],
  [['--unsafe-no-fsync'], 'has no meaning here'],
  [['--client-crl-file', 'x.pem'], 'is an option of etcd that this store does not have'],
])('%s is refused by name', async (args, words) => {
  const { code, stderr } = await waypost(['serve', '--memory', '--port', '0', ...args])
  expect(code).toBe(2)
  expect(stderr).toContain(args[0])
  expect(stderr).toContain(words)
})

test('what is on the command line, in a variable and in a file is answered alike', async () => {
  const directory = makeTempDir('etcd-flags')
  onTestFinished(() => removeTempDir(directory))
  const check = (text: string, env: Record<string, string> = {}) => {
    const file = join(directory, 'etcd.yaml')
    writeFileSync(file, text)
    return waypost(['serve', '--memory', '--port', '0', '--check-config', '--config', file], { env })
  }
  const passedOver = await check('wal-dir: /a\npeer-transport-security:\n  auto-tls: false\nenable-pprof: true\n', {
    WAYPOST_SNAPSHOT_COUNT: '1000',
    ETCD_DATA_DIR: '/a',
    ETCD_INITIAL_CLUSTER: 'a=http://a:2380',
  })
  expect(passedOver.code).toBe(0)
  expect(passedOver.stderr).toMatch(/etcd\.yaml: wal-dir has no meaning here and is ignored/)
  expect(passedOver.stderr).toMatch(/etcd\.yaml: enable-pprof has no meaning here/)
  expect(passedOver.stderr).toContain('WAYPOST_SNAPSHOT_COUNT has no meaning here and is ignored')
  expect(passedOver.stderr).toContain('ETCD_DATA_DIR is not read. waypost serve reads WAYPOST_DATA_DIR.')
  expect(passedOver.stderr).toContain('ETCD_INITIAL_CLUSTER is not read.')
  expect(await check('initial-cluster: a=http://a:2380\n')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/etcd\.yaml: initial-cluster is an option of etcd that has no meaning here/),
  })
  expect(await check('', { WAYPOST_UNSAFE_NO_FSYNC: 'true' })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('WAYPOST_UNSAFE_NO_FSYNC is an option of etcd'),
  })
  // As in etcd's sample: what is asked for is what this store is.
  const sample =
    'initial-cluster-state: new\nforce-new-cluster: false\ninitial-cluster:\nself-signed-cert-validity: 1\n'
  expect((await check(sample)).code).toBe(0)
})
