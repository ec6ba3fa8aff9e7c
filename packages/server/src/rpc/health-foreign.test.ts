import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js'
import {
  Health,
  HealthCheckRequest,
  HealthCheckResponse,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from '@waypost/protocol'
import type { EmbeddedServer } from '@waypost/server'
import { startStore } from '@waypost/testkit'
import { afterEach, beforeEach, expect, it } from 'vitest'

let store: EmbeddedServer
let client: Client

beforeEach(async () => {
  store = await startStore({ rootPassword: 'secret' })
  client = new Client(`${store.host}:${store.port}`, credentials.createInsecure())
})

afterEach(async () => {
  client.close()
  await store.close()
})

const encode = (service: string): Buffer =>
  Buffer.from(HealthCheckRequest.encode(HealthCheckRequest.create({ service })))
const decode = (bytes: Buffer): HealthCheckResponse => HealthCheckResponse.decode(bytes)

function check(service: string): Promise<HealthCheckResponse | undefined> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(Health.check.path, encode, decode, service, (error: ServiceError | null, answer) =>
      error ? reject(error) : resolve(answer),
    )
  })
}

it('any gRPC client may ask without a login, for the server as a whole', async () => {
  expect(await check('')).toEqual({ status: ServingStatus.SERVING })
  await expect(check('nobody')).rejects.toMatchObject({ code: status.NOT_FOUND })
})

it('a watching client is told when the server stops', async () => {
  const call = client.makeServerStreamRequest(Health.watch.path, encode, decode, '')
  const told: number[] = []
  const ended = new Promise<void>((resolve) => {
    call.on('error', () => {}).on('close', resolve)
  })
  await new Promise<void>((resolve) => {
    call.on('data', (answer: HealthCheckResponse) => {
      told.push(answer.status)
      resolve()
    })
  })
  await store.close()
  await ended
  expect(told).toEqual([ServingStatus.SERVING, ServingStatus.NOT_SERVING])
})
