import { createServer } from 'node:net'
import { EtcdClient } from '@waypost/client'
import { expect, it } from 'vitest'
import { ConfigCenter } from '../src/admin/config-center.ts'

/** An address that nobody listens at. */
async function closedEndpoint(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

it.each([
  ['get', (config: ConfigCenter) => config.get('a', { timeoutMs: 300 })],
  ['load', (config: ConfigCenter) => config.load({ app: 'order', timeoutMs: 300 })],
  ['effective', (config: ConfigCenter) => config.effective({ app: 'order', timeoutMs: 300 })],
  ['watch', (config: ConfigCenter) => config.watch('a', { timeoutMs: 300 }).ready],
  ['the iteration of a watch', (config: ConfigCenter) => config.watch('a', { timeoutMs: 300 }).next()],
  ['set', (config: ConfigCenter) => config.set('a', 'b', { timeoutMs: 300 })],
])('%s without a store names the address and the cause', async (_, call) => {
  const endpoint = await closedEndpoint()
  const etcd = new EtcdClient({ endpoints: endpoint, logger: false })
  const config = new ConfigCenter(etcd)
  try {
    const error: unknown = await call(config).then(
      () => undefined,
      (failed: unknown) => failed,
    )
    expect(error).toMatchObject({ endpoint, message: expect.stringContaining('ECONNREFUSED') })
    expect(String(error)).toContain(endpoint)
    expect(String(error)).toContain('waypost serve')
  } finally {
    await config.close()
    await etcd.close()
  }
})
