import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { directoryBackend, memoryBackend } from '../storage/open-backend.ts'
import { temporaryDirectory } from '../temporary-directory.test-support.ts'
import { Engine } from './engine.ts'
import type { EngineOptions } from './engine-options.ts'
import { grantRequest, op, putRequest, txnRequest } from './requests.test-support.ts'

async function open(options: EngineOptions): Promise<Engine> {
  const engine = await Engine.open(options)
  onTestFinished(() => engine.close())
  return engine
}

const large = putRequest('a', 'x'.repeat(300_000))

describe('the quota', () => {
  it('refuses what does not fit, whichever branch it is in, and raises the alarm first', async () => {
    const engine = await open({ backend: memoryBackend, quotaBytes: 200_000 })
    const small = putRequest('a', 'x')
    expect(engine.quota.refusalOf('put', small)).toBeUndefined()
    expect(engine.quota.refusalOf('leaseGrant', grantRequest(1n))).toBeUndefined()
    expect(engine.quota.refusalOf('txn', txnRequest({ failure: [op.put('a', 'x'), op.range('a')] }))).toBeUndefined()
    const nested = txnRequest({ success: [op.txn({ failure: [op.put('a', 'x'.repeat(300_000))] })] })
    await expect(engine.quota.refusalOf('txn', nested)).rejects.toThrow('database space exceeded')
    expect(engine.alarms).toEqual([{ memberId: engine.memberId, alarm: 1 }])
    await expect(engine.propose('put', small)).rejects.toThrow('database space exceeded')
    await engine.propose('alarm', { action: 2, memberId: engine.memberId, alarm: 1 })
    await engine.propose('put', small)
  })

  it('counts what is not on disk yet, and keeps the alarm over a restart', async () => {
    const dataDir = join(temporaryDirectory(), 'data')
    const engine = await open({ backend: directoryBackend(dataDir), quotaBytes: 600_000 })
    await engine.propose('put', large)
    await expect(engine.quota.refusalOf('put', large)).rejects.toThrow('database space exceeded')
    await engine.close()
    const again = await open({ backend: directoryBackend(dataDir), quotaBytes: 600_000 })
    expect(again.alarms).toEqual([{ memberId: engine.memberId, alarm: 1 }])
    await expect(again.propose('put', putRequest('a'))).rejects.toThrow('database space exceeded')
  })

  it('is 2 GiB unless it is said otherwise, and can be turned off', async () => {
    expect((await open({ backend: memoryBackend })).quota.bytes).toBe(2 ** 31)
    expect((await open({ backend: memoryBackend, quotaBytes: 0 })).quota.bytes).toBe(2 ** 31)
    const boundless = await open({ backend: memoryBackend, quotaBytes: -1 })
    expect(boundless.quota.refusalOf('put', large)).toBeUndefined()
  })
})
