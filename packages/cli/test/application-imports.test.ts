import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { EtcdClient } from '@waypost/client'
import { startStore } from '@waypost/testkit'
import { expect, it } from 'vitest'

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

it('imports no library that only administers while an application loads its configuration', {
  timeout: 60_000,
}, async () => {
  await using store = await startStore()
  const etcd = new EtcdClient({ endpoints: store.url })
  try {
    await etcd.kv.put('/config/order/application.yaml', 'port: 8080\n')
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--import',
      beside('imports/refuse-libraries.mjs'),
      beside('imports/application.mjs'),
      store.url,
    ])
    expect(stdout).toBe('loaded 8080\nloaded 8080\n')
  } finally {
    await etcd.close()
  }
})
