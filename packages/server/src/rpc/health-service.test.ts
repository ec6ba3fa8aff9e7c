import { FakeClock } from '@waypost/core/testing'
import { Health, type HealthCheckResponse, HealthCheckResponse_ServingStatus as ServingStatus } from '@waypost/protocol'
import { RpcConnection, RpcServer } from '@waypost/rpc'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { HealthService } from './health-service.ts'

let serves = true
let clock: FakeClock
let health: HealthService
let server: RpcServer
let connection: RpcConnection

beforeEach(async () => {
  serves = true
  clock = new FakeClock()
  health = new HealthService(() => serves, clock)
  server = new RpcServer({ handlers: health.handlers() })
  const { host, port } = await server.listen({ host: '127.0.0.1', port: 0 })
  connection = new RpcConnection(`http://${host}:${port}`)
})

afterEach(async () => {
  connection.destroy()
  await server.close({ graceMs: 0 })
})

function watch(): { told: HealthCheckResponse[]; cancel(): void } {
  const told: HealthCheckResponse[] = []
  const stream = connection.stream(Health.watch, { onMessage: (message) => told.push(message), onEnd: () => {} })
  stream.send({ service: '' })
  stream.closeSend()
  return { told, cancel: () => stream.cancel() }
}

const [well, unwell] = [{ status: ServingStatus.SERVING }, { status: ServingStatus.NOT_SERVING }]

it('a check and a watch tell when the server cannot serve, and when it can again', async () => {
  const { told } = watch()
  await expect.poll(() => told).toEqual([well])
  serves = false
  expect(await connection.unary(Health.check, { service: '' })).toEqual(unwell)
  await clock.advance(1_000)
  await expect.poll(() => told).toEqual([well, unwell])
  await clock.advance(5_000)
  serves = true
  await clock.advance(1_000)
  await expect.poll(() => told).toEqual([well, unwell, well])
})

it('a watcher hears that the server stops', async () => {
  const { told } = watch()
  await expect.poll(() => told).toEqual([well])
  health.close()
  await expect.poll(() => told).toEqual([well, unwell])
})

it('looks at itself only while somebody watches', async () => {
  const { told, cancel } = watch()
  await expect.poll(() => told).toEqual([well])
  expect(clock.pendingTimers).toBe(1)
  cancel()
  await expect.poll(() => clock.pendingTimers).toBe(0)
})
