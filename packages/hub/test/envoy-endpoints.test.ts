import { fileURLToPath } from 'node:url'
import { EtcdClient } from '@waypost/client'
import { recordSkip, run } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { startStoreAndHub } from '../src/hub.test-support.ts'

const cwd = fileURLToPath(new URL('foreign/eds/', import.meta.url))
const options = { cwd, env: process.env, timeoutMs: 170_000 }

it("endpoints for Envoy are what Envoy's own types read, and pass its validation", async () => {
  const probe = await run('go', ['mod', 'download'], options).catch(() => undefined)
  if (probe?.code !== 0) {
    recordSkip("endpoints by Envoy's types", 'Go or its modules are not there')
    return
  }
  await using running = await startStoreAndHub()
  await using etcd = new EtcdClient({ endpoints: running.store.url })
  await etcd.kv.put('/services/edge/a', '{"host":"10.0.0.8","port":81,"zone":"z1","weight":2.5}')
  await etcd.kv.put('/services/edge/b', '{"host":"10.0.0.9","port":82}')
  const { stdout, stderr } = await run('go', ['run', '.', running.hub.url], options)
  const lines = stdout.trim().split('\n')
  expect(lines.slice(0, -1).sort(), stderr).toEqual([
    'edge  10.0.0.9 82 100 HEALTHY',
    'edge z1 10.0.0.8 81 250 HEALTHY',
  ])
  expect(lines.at(-1)).toMatch(
    /^version \S+ type\.googleapis\.com\/envoy\.config\.endpoint\.v3\.ClusterLoadAssignment$/,
  )
}, 200_000)
