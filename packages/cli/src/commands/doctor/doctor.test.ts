import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { EtcdClient } from '@waypost/client'
import { makeTempDir, removeTempDir, startStore } from '@waypost/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { startWaypost, waypost } from '../../waypost.test-support.ts'
import { quantileMs } from './check-disk.ts'

interface Finding {
  readonly check: string
  readonly severity: string
  readonly found: string
  readonly cure?: string
}

async function findings(
  url: string,
  ...args: string[]
): Promise<{ code: number | null; findings: readonly Finding[] }> {
  const { code, stdout } = await waypost(['doctor', '--endpoints', url, '-o', 'json', ...args])
  return { code, findings: JSON.parse(stdout) }
}

test('a store that is well has no problem, and what is orphaned is named with its cure', async () => {
  const store = await startStore()
  onTestFinished(() => store.close())
  await using etcd = new EtcdClient({ endpoints: store.url })
  const well = await findings(store.url)
  expect(well.code).toBe(0)
  // How soon it answered is the affair of the machine, which may stand still for a moment.
  const isSlow = ({ check, found }: Finding): boolean => check === 'endpoint' && found.includes('answered in')
  expect(well.findings.filter((finding) => finding.severity !== 'ok' && !isSlow(finding))).toEqual([])
  expect(well.findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining([
      'node',
      'clock',
      'endpoint',
      'version',
      'leader',
      'space',
      'alarms',
      'login',
      'permissions',
    ]),
  )

  await etcd.kv.put('/config/by-hand.yaml', 'a: 1')
  await etcd.kv.put('/waypost/services/overrides/user/gone', '{}')
  const { code, findings: found } = await findings(store.url)
  expect(code).toBe(0)
  expect(found).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        check: 'releases',
        severity: 'warning',
        found: expect.stringContaining('by-hand.yaml'),
      }),
      expect.objectContaining({ check: 'overrides', cure: expect.stringContaining('--even-if-absent') }),
    ]),
  )
  expect((await waypost(['doctor', '--endpoints', store.url])).stdout).toContain('overrides: Remove those')
})

test('an alarm and an endpoint that does not answer are problems', async () => {
  await using full = await startWaypost(['serve', '--memory', '--port', '0', '--quota-backend-bytes', '1000'])
  const [, url = ''] = /on (http:\S+)/.exec(await full.waitForOutput('Ctrl+C')) ?? []
  for (let attempt = 0; attempt < 2; attempt++) await waypost(['put', 'big', 'x'.repeat(2_000), '--endpoints', url])
  const { code, findings: found } = await findings(`${url},127.0.0.1:1`, '--timeout', '2s')
  expect(code).toBe(1)
  const problems = found.filter(({ severity }) => severity === 'problem')
  expect(problems.map(({ check }) => check)).toEqual(expect.arrayContaining(['endpoint', 'alarms']))
  expect(problems.every(({ cure }) => cure !== undefined)).toBe(true)
})

test('the disk is looked at: the syncs of the log, and with a data directory its space and speed', async () => {
  const dataDir = makeTempDir('doctor')
  onTestFinished(() => removeTempDir(dataDir))
  const store = await startStore({ dataDir })
  onTestFinished(() => store.close())
  await using etcd = new EtcdClient({ endpoints: store.url })
  await etcd.kv.put('a', '1')
  const { findings: found } = await findings(store.url, '--data-dir', dataDir)
  const disk = found.filter(({ check }) => check === 'disk')
  expect(disk.map((each) => each.found)).toEqual([
    expect.stringMatching(/ syncs its log within [\d.]+ ms, 99 times of 100$/),
    expect.stringContaining(`free where ${dataDir} is (`),
    expect.stringMatching(/^a sync there takes [\d.]+ ms, [\d.]+ ms at most$/),
  ])
  expect(readdirSync(dataDir).filter((name) => name.startsWith('.doctor'))).toEqual([])
  const missing = await findings(store.url, '--data-dir', join(dataDir, 'nowhere'))
  expect(missing).toMatchObject({
    code: 1,
    findings: expect.arrayContaining([expect.objectContaining({ check: 'disk', severity: 'problem' })]),
  })
})

test.each([
  ['x_bucket{le="0.001"} 99\nx_bucket{le="+Inf"} 100\n', 1],
  ['x_bucket{le="0.001"} 98\nx_bucket{le="0.016"} 99\nx_bucket{le="+Inf"} 100\n', 16],
  ['x_bucket{le="0.001"} 1\nx_bucket{le="+Inf"} 100\n', Number.POSITIVE_INFINITY],
  ['x_bucket{le="+Inf"} 0\n', undefined],
  ['', undefined],
])('99 of 100 in %j are within %s ms', (metrics, ms) => {
  expect(quantileMs(metrics, 'x', 0.99)).toBe(ms)
})
