import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { Server as GrpcServer, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js'
import { afterEach, describe, expect, it } from 'vitest'
import { resolveRecord } from '../register/registration-options.ts'
import { type HealthOptions, resolveHealth } from './health-options.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}

async function check(health: HealthOptions, port: number, signal = new AbortController().signal): Promise<void> {
  const record = resolveRecord({ service: 'user', id: 'a', host: '127.0.0.1', port }, new Date(0))
  await resolveHealth(health, record)?.check(signal)
}

describe('self-checks', () => {
  it('asks over HTTP', async () => {
    const port = await listen(
      createHttpServer(({ url }, response) => response.writeHead(url === '/ok' ? 204 : 503).end()),
    )
    await check({ http: '/ok' }, port)
    await check({ http: `http://127.0.0.1:${port}/ok` }, 1)
    await expect(check({ http: '/bad' }, port)).rejects.toThrow('503')
    await expect(check({ http: '/ok' }, 1)).rejects.toThrow('ECONNREFUSED')
  })

  it('ends with its signal', async () => {
    const port = await listen(createHttpServer(() => {}))
    await expect(check({ http: '/' }, port, AbortSignal.timeout(20))).rejects.toThrow()
  })

  it('asks over TCP', async () => {
    const port = await listen(createServer((socket) => socket.end()))
    await check({ tcp: true }, port)
    await check({ tcp: { port } }, 1)
    await expect(check({ tcp: true }, 1)).rejects.toThrow('ECONNREFUSED')
  })

  it('asks the gRPC health service', async () => {
    const server = new GrpcServer()
    const identity = (bytes: Buffer): Buffer => bytes
    const definition = {
      path: '/grpc.health.v1.Health/Check',
      requestStream: false,
      responseStream: false,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    }
    const implementation: UntypedServiceImplementation = {
      check: ({ request }: { request: Buffer }, callback: (error: null, response: Buffer) => void) =>
        callback(null, Buffer.from(request.toString('utf8', 2) === 'bad' ? [0x08, 2] : [0x08, 1])),
    }
    server.addService({ check: definition }, implementation)
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    )
    closing.push(() => server.forceShutdown())
    await check({ grpc: true }, port)
    await check({ grpc: { service: 'x'.repeat(200) } }, port)
    await expect(check({ grpc: { service: 'bad' } }, port)).rejects.toThrow('NOT_SERVING')
    await expect(check({ grpc: true }, 1)).rejects.toThrow()
  })

  it.each<[HealthOptions, string]>([
    [{}, 'exactly one'],
    [{ http: '/', tcp: true }, 'exactly one'],
    [{ http: 'ftp://x' }, 'health.http'],
    [{ tcp: true, fall: 0 }, 'health.fall'],
    [{ tcp: true, intervalMs: 0 }, 'health.intervalMs'],
  ])('refuses %j', async (health, message) => {
    await expect(check(health, 1)).rejects.toThrow(message)
  })
})
