import { expect, it } from 'vitest'
import { RpcConnection } from '../src/client/connection.ts'
import { startOwnServer } from '../src/interop/own-server.test-support.ts'
import { service } from '../src/interop/test-service.test-support.ts'
import type { RpcError } from '../src/rpc-error.ts'
import { StatusCode } from '../src/status.ts'

/** What is open and would keep a process alive, sockets and timers among it. */
const open = (): string[] => process.getActiveResourcesInfo().filter((kind) => /^(TCP|TLS)|^Timeout$/.test(kind))

it('leaves nothing behind that keeps a process alive', async () => {
  const before = open()
  const server = await startOwnServer({ http1: (_request, response) => response.end() })
  const connection = new RpcConnection(server.endpoint)
  await connection.unary(service.echo, Buffer.alloc(10), { timeoutMs: 60_000, signal: new AbortController().signal })
  const hanging = connection.unary(service.hang, 'x', { timeoutMs: 60_000 }).catch((error: RpcError) => error.code)
  connection.stream(service.chat, { onMessage: () => {}, onEnd: () => {} }).send(Buffer.alloc(10))
  const other = new RpcConnection(server.endpoint)
  await other.connect()
  expect(open().length).toBeGreaterThan(before.length)
  connection.destroy()
  expect(await hanging).toBe(StatusCode.UNAVAILABLE)
  await Promise.all([connection.closed, other.close(), server.shutDown()])
  await expect.poll(() => open().length).toBeLessThanOrEqual(before.length)
})
