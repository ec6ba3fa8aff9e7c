import { fileURLToPath } from 'node:url'
import { requireOrSkip, run, startEtcdCluster } from '@waypost/testkit'
import { expect, it } from 'vitest'

const runner = fileURLToPath(new URL('../../../examples/run.js', import.meta.url))

async function shop(...args: string[]): Promise<string> {
  const { WAYPOST_ENDPOINTS: _, ...env } = process.env
  const { code, stdout, stderr } = await run(process.execPath, [runner, '03-shop/main.mjs', ...args], {
    env: { ...env, NODE_OPTIONS: '' },
    timeoutMs: 150_000,
  })
  expect(code, stdout + stderr).toBe(0)
  return stdout
}

it('the shop loses no request to a change, a deploy and a crash', async () => {
  const story = await shop('--quick')
  expect(story).toMatch(/rolling deploy +[\d.]+ s, 0 failed requests/)
  expect(story).toMatch(/requests failed +0\n/)
  expect(story).toMatch(/services still registered +0\n/)
}, 160_000)

it.skipIf(!process.env.WAYPOST_LONG)(
  'the same on three members of etcd',
  async () => {
    if (!requireOrSkip('the shop on three members of etcd', 'etcd')) return
    const cluster = await startEtcdCluster(3)
    try {
      expect(await shop('--store', cluster.endpoints.join(','))).toMatch(/requests failed +0\n/)
    } finally {
      await cluster.close()
    }
  },
  160_000,
)
