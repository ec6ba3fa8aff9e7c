import { EtcdClient } from '@waypost/client'
import { FakeClock } from '@waypost/core/testing'
import { startStore, until } from '@waypost/testkit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConfigCenter } from '../admin/config-center.ts'
import { encrypt } from '../secrets/cipher.ts'
import { generateKey, type Keyring, parseKeyring } from '../secrets/keyring.ts'

const keys = parseKeyring(generateKey('k1'))
let store: Awaited<ReturnType<typeof startStore>>
let etcd: EtcdClient
let clock: FakeClock

beforeEach(async () => {
  store = await startStore()
  etcd = new EtcdClient({ endpoints: store.url })
  clock = new FakeClock()
})

afterEach(async () => {
  await etcd.close()
  await store.close()
})

/** Lets the configuration's own timers run until something is so. */
async function advanceUntil(what: string, check: () => boolean): Promise<void> {
  await until(what, async () => {
    await clock.advance(100)
    return check()
  })
}

it('a key service that is away is asked again, and the last good value stays meanwhile', async () => {
  let isAway = true
  const service: Keyring = {
    key: (id, options) => {
      if (isAway) throw new Error('the key service is away')
      return keys.key(id, options)
    },
  }
  const config = new ConfigCenter(etcd, { clock, keyring: service, confirm: false })
  await config.documents.putRaw('order/application.yaml', 'a: 1')
  const live = await config.load({ app: 'order' })
  live.onProblem(() => {})
  await config.documents.putRaw('order/application.yaml', `a: "${await encrypt('hunter2', keys)}"`)
  await advanceUntil('it is reported', () => live.problems.length > 0)
  expect(live.problems).toMatchObject([{ line: 1, message: expect.stringContaining('the key service is away') }])
  expect(live.current).toEqual({ a: 1 })
  isAway = false
  await advanceUntil('it is in force', () => live.current.a === 'hunter2')
  expect(live.problems).toEqual([])
  await config.close()
  expect(clock.pendingTimers).toBe(0)
})

it('a value of a slow schema is pending for publishers until it is decided', async () => {
  const config = new ConfigCenter(etcd, { clock })
  await config.documents.putRaw('order/application.yaml', 'a: 1')
  let decide: (() => void) | undefined
  const slow = {
    '~standard': {
      version: 1 as const,
      vendor: 'test',
      validate: async (value: unknown) => {
        if (JSON.stringify(value) !== '{"a":1}') await new Promise<void>((resolve) => (decide = resolve))
        return { value }
      },
    },
  }
  const live = await config.load({ app: 'order', schema: slow })
  const states = async (): Promise<string[]> => {
    const found: string[] = []
    for await (const kv of etcd.kv.list({ prefix: '/waypost/config/applied/order/application.yaml/' })) {
      found.push(kv.json<{ state: string }>().state)
    }
    return found
  }
  const reaches = (state: string): Promise<true> =>
    until(`it is ${state}`, async () => {
      await clock.advance(100)
      return (await states()).includes(state) || undefined
    })
  await reaches('applied')
  await config.documents.putRaw('order/application.yaml', 'a: 2')
  await reaches('pending')
  decide?.()
  await reaches('applied')
  expect(live.current).toEqual({ a: 2 })
  await config.close()
})
