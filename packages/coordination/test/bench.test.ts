import { fileURLToPath } from 'node:url'
import { run } from '@waypost/testkit'
import { expect, test } from 'vitest'

test('the benchmark runs in its short form and has every row', async () => {
  const bench = new URL('../../../bench/coordination.js', import.meta.url).href
  const program = `
    const { run } = await import(${JSON.stringify(bench)})
    console.log(JSON.stringify(await run({ rounds: 1, log() {}, wanted: () => true })))`
  const { stdout, stderr, code } = await run(process.execPath, ['--input-type=module', '-e', program], {
    cwd: fileURLToPath(new URL('../../../', import.meta.url)),
    env: { ...process.env, NODE_OPTIONS: '', WAYPOST_BENCH_SHORT: '1' },
    timeoutMs: 100_000,
  })
  expect(code, stderr).toBe(0)
  const rows: unknown = JSON.parse(stdout)
  expect(rows).toHaveLength(7)
  expect(rows).toContainEqual(
    expect.objectContaining({ what: 'uncontended lock and unlock', ours: expect.any(Number) }),
  )
})
