import { Health, HealthCheckRequest, HealthCheckResponse_ServingStatus as ServingStatus } from '@waypost/protocol'
import { StatusCode } from '@waypost/rpc'
import { describe, expect, test } from 'vitest'
import { InboxStream } from '../wire/inbox-stream.ts'
import type { ContractSuite } from './contract-store.ts'
import { expectRefusal } from './expect-refusal.ts'

export const healthContract: ContractSuite = (store) => {
  describe('the health service of gRPC', () => {
    const check = (service: string) => store().wire.call(Health.check, HealthCheckRequest.create({ service }))

    test('the server as a whole serves', async () => {
      expect(await check('')).toEqual({ status: ServingStatus.SERVING })
    })

    test('a service that it does not tell of', async () => {
      await expectRefusal(check('nobody'), StatusCode.NOT_FOUND, 'unknown service')
    })

    test.each([
      ['', ServingStatus.SERVING],
      ['nobody', ServingStatus.SERVICE_UNKNOWN],
    ])('a watch of service `%s` begins with how it is, and stays open', async (service, status) => {
      const stream = new InboxStream(store().wire.connection, Health.watch, {})
      stream.send(HealthCheckRequest.create({ service }))
      stream.closeSend()
      expect(await stream.next()).toEqual({ status })
      await check('')
      expect(stream.isEnded).toBe(false)
      await stream.close()
    })
  })
}
