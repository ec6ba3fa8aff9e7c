import { EtcdClient } from '@waypost/client'
import { systemClock } from '@waypost/core'
import { FaultProxy, startStore, until } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { ConfigCenter } from '../../admin/config-center.ts'

const path = 'order/application.yaml'

/** Runs a publish through a network that `harm` breaks when its transaction is about to be sent. */
async function publishThrough(
  harm: (proxy: FaultProxy) => void,
  heal: (proxy: FaultProxy, direct: EtcdClient) => Promise<void>,
  timeoutMs: number,
) {
  await using server = await startStore()
  await using proxy = await FaultProxy.start(server.port)
  const direct = new EtcdClient({ endpoints: server.url })
  const through = new EtcdClient({ endpoints: proxy.url })
  try {
    let harmed = false
    let dated = 0
    // A release is dated first, and its audit right before both are written.
    const epochMs = (): number => {
      dated += 1
      if (!harmed && dated === 2) {
        harm(proxy)
        harmed = true
      }
      return systemClock.epochMs()
    }
    const config = new ConfigCenter(through, { clock: { ...systemClock, epochMs } })
    const outcome = config.releases.publish(path, 'n: 1', { timeoutMs }).catch((error: unknown) => error)
    await until('The network breaks', () => harmed)
    await heal(proxy, direct)
    const result = await outcome
    const { releases } = await new ConfigCenter(direct).releases.history(path)
    const { entries } = await new ConfigCenter(direct).audit.list()
    return { result, releases: releases.length, audits: entries.length }
  } finally {
    await Promise.all([direct.close(), through.close()])
  }
}

it('finds out that a publish whose answer was lost was applied, and does not repeat it', async () => {
  const outcome = await publishThrough(
    (proxy) => {
      proxy.swallowing = true
    },
    async (proxy, direct) => {
      await until('The write', () => direct.kv.get(`/config/${path}`))
      proxy.swallowing = false
      proxy.cut()
    },
    10_000,
  )
  expect(outcome).toMatchObject({ result: { release: 1, unchanged: false }, releases: 1, audits: 1 })
})

it('finds out that a publish that got lost was not applied, and applies it', async () => {
  const outcome = await publishThrough(
    (proxy) => {
      proxy.stalled = true
    },
    async (proxy) => {
      proxy.stalled = false
      proxy.cut()
    },
    10_000,
  )
  expect(outcome).toMatchObject({ result: { release: 1 }, releases: 1, audits: 1 })
})

it('says that the outcome is unknown when the store stays away', async () => {
  const outcome = await publishThrough(
    (proxy) => {
      proxy.swallowing = true
    },
    async (proxy, direct) => {
      await until('The write', () => direct.kv.get(`/config/${path}`))
      proxy.refusing = true
      proxy.cut()
    },
    2_000,
  )
  expect(outcome).toMatchObject({ result: { code: 'outcome-unknown' }, releases: 1 })
})
