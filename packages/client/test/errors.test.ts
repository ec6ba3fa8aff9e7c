import { EtcdClient } from '@waypost/client'
import type { WaypostError } from '@waypost/core'
import { FaultProxy, freePorts, startStore } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { portOf } from './real-stores.test-support.ts'

function failureOf(call: Promise<unknown>): Promise<WaypostError> {
  return call.then(
    () => {
      throw new Error('It did not fail.')
    },
    (error) => error,
  )
}

describe('what a failed call throws', () => {
  it('names the endpoint that answered, keeps the cause, and shows who called instead of how gRPC was read', async () => {
    await using store = await startStore()
    await using client = new EtcdClient({ endpoints: store.url })
    const calls = [client.kv.put('/a', '1', { lease: 5n }), client.kv.get('/a', { revision: 100 })]
    const errors = await Promise.all(calls.map(failureOf))
    expect(errors.map(({ code }) => code)).toEqual(['lease-not-found', 'future-revision'])
    for (const error of errors) {
      expect(error).toMatchObject({ name: 'WaypostError', retryable: false, endpoint: store.url })
      expect(error.cause).toBeInstanceOf(Error)
      expect(error.cause).toMatchObject({ stack: expect.not.stringContaining('\n') })
      expect(error.stack).toMatch(/kv\.ts/)
    }
  })

  it('shows who called also when a timer or a lost connection made it', async () => {
    const [port = 0] = await freePorts(1)
    await using client = new EtcdClient({ endpoints: `127.0.0.1:${port}`, timeoutMs: 100 })
    async function thatWhoAsks(): Promise<unknown> {
      return await client.kv.get('/a')
    }
    const [one, two] = await Promise.all([failureOf(thatWhoAsks()), failureOf(client.kv.get('/b'))])
    expect(one).toMatchObject({ code: 'unavailable', retryable: true, endpoint: `http://127.0.0.1:${port}` })
    expect(one.stack).toContain('thatWhoAsks')
    expect(two.stack).not.toContain('thatWhoAsks')
  })

  it('says "retryable" of what was not applied, and not of what may have been', async () => {
    await using store = await startStore()
    await using proxy = await FaultProxy.start(portOf(store))
    await using client = new EtcdClient({ endpoints: proxy.url })
    await client.kv.put('/a', '1')
    proxy.swallowing = true
    const [read, write] = await Promise.all([
      failureOf(client.kv.get('/a', { timeoutMs: 100 })),
      failureOf(client.kv.put('/a', '2', { timeoutMs: 100 })),
    ])
    expect(read).toMatchObject({ code: 'deadline-exceeded', retryable: true, endpoint: proxy.url })
    expect(write).toMatchObject({ code: 'outcome-unknown', retryable: false, endpoint: proxy.url })
  })
})
