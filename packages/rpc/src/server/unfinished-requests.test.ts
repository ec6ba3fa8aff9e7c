import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2'
import { FakeClock } from '@waypost/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startOwnServer } from '../interop/own-server.test-support.ts'
import { service } from '../interop/test-service.test-support.ts'
import { frameOf } from '../message-frame.ts'
import { StatusCode } from '../status.ts'
import { InputBudget } from './input-budget.ts'

const message = Buffer.from(frameOf(Buffer.from('hello')))

let clock: FakeClock
let budget: InputBudget
let server: Awaited<ReturnType<typeof startOwnServer>>
let session: ClientHttp2Session

beforeEach(async () => {
  clock = new FakeClock()
  budget = new InputBudget({ maxBytes: 2_500_000, maxClientBytes: 2_000_000 })
  server = await startOwnServer({ clock, inputBudget: budget, pingIntervalMs: 0 })
  session = await dial()
})

afterEach(async () => {
  session.destroy()
  await server.kill()
})

async function dial(): Promise<ClientHttp2Session> {
  const dialled = connect(server.endpoint)
  dialled.on('error', () => {})
  await once(dialled, 'remoteSettings')
  return dialled
}

function open(path: string, from = session): { request: ClientHttp2Stream; status: Promise<number> } {
  const request = from.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' })
  const status = new Promise<number>((resolve) => {
    const look = (headers: IncomingHttpHeaders): void => {
      if (headers['grpc-status'] !== undefined) resolve(Number(headers['grpc-status']))
    }
    request
      .on('response', look)
      .on('trailers', look)
      .on('error', () => resolve(-1))
    request.on('close', () => resolve(-1))
  })
  request.resume()
  return { request, status }
}

/** Until the server has what was sent before. */
const settled = (): Promise<void> =>
  new Promise((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve())))

describe('a request that is not completed', () => {
  it.each([service.echo.path, service.count.path])('ends after a while without its message: %s', async (path) => {
    const { status } = open(path)
    await settled()
    await clock.advance(60_000)
    expect(await status).toBe(StatusCode.DEADLINE_EXCEEDED)
  })

  it('ends after a while, however slowly its message goes on', async () => {
    const { request, status } = open(service.echo.path)
    for (const byte of message.subarray(0, 8)) {
      request.write(Buffer.of(byte))
      await settled()
      await clock.advance(7_500)
    }
    expect(await status).toBe(StatusCode.DEADLINE_EXCEEDED)
  })

  it('is answered when it is completed in time', async () => {
    const { request, status } = open(service.echo.path)
    request.write(message.subarray(0, 7))
    await settled()
    await clock.advance(59_000)
    request.end(message.subarray(7))
    expect(await status).toBe(StatusCode.OK)
  })

  it('is no stream that is silent between its messages', async () => {
    const { request, status } = open(service.chat.path)
    await settled()
    await clock.advance(3_600_000)
    request.write(Buffer.concat([message, message.subarray(0, 3)]))
    await settled()
    await clock.advance(59_000)
    request.write(message.subarray(3))
    await settled()
    await clock.advance(3_600_000)
    expect(request.closed).toBe(false)
    request.write(message.subarray(0, 3))
    await settled()
    await clock.advance(60_000)
    expect(await status).toBe(StatusCode.DEADLINE_EXCEEDED)
  })
})

describe('what is held for clients', () => {
  it('is what the server has allocated, and given back at the end', async () => {
    const { request } = open(service.echo.path)
    request.write(Buffer.concat([Buffer.of(0, 0, 1, 0, 0), Buffer.alloc(10_000)]))
    await settled()
    expect(budget.heldBytes).toBeGreaterThan(10_000)
    expect(budget.heldBytes).toBeLessThan(25_000)
    request.close()
    await settled()
    expect(budget.heldBytes).toBe(0)
  })

  it('is bounded for one client: its further calls are refused', async () => {
    const calls = Array.from({ length: 3_000 }, () => open(service.hang.path))
    const statuses = await Promise.all([
      ...calls.slice(-100).map(({ status }) => status),
      settled().then(() => StatusCode.OK),
    ])
    expect(statuses).toContain(StatusCode.RESOURCE_EXHAUSTED)
    expect(budget.heldBytes).toBeLessThanOrEqual(2_000_000)
  })

  it('is bounded for all clients: who holds most is cut off', async () => {
    const others = [await dial(), await dial()]
    const hold = async (client: ClientHttp2Session, count: number): Promise<void> => {
      for (let made = 0; made < count; made++) {
        const { request } = open(service.echo.path, client)
        request.write(Buffer.concat([Buffer.of(0, 0, 0x10, 0, 0), Buffer.alloc(900_000)]))
      }
      await new Promise<void>((resolve) => client.ping(() => resolve()))
    }
    const small = open(service.echo.path)
    small.request.write(message.subarray(0, 7))
    await settled()
    const gone = others.map((other) => new Promise<void>((resolve) => other.on('close', resolve)))
    for (const other of others) await hold(other, 2).catch(() => {})
    await Promise.race(gone)
    small.request.end(message.subarray(7))
    expect(await small.status).toBe(StatusCode.OK)
    for (const other of others) other.destroy()
  })
})
