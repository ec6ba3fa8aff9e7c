import { deferred } from '@waypost/core'
import { describe, expect, it } from 'vitest'
import { CommandLog } from '../storage/command-log.ts'
import { FakeLogDirectory } from '../storage/fake-log-directory.test-support.ts'
import { Proposer, type ProposerOptions } from './proposer.ts'
import { putRequest, revokeRequest } from './requests.test-support.ts'

async function setUp(more: Partial<ProposerOptions> = {}) {
  const directory = new FakeLogDirectory()
  const log = await CommandLog.open({ directory, appliedIndex: 0, replay: () => {}, segmentBytes: 64 * 1024 })
  const applied: string[] = []
  const warnings: string[] = []
  const batches: number[] = []
  const results = { revision: 1, prevKv: undefined, deleted: 0, prevKvs: [], id: 0n, ttlSeconds: 0 }
  const proposer = new Proposer({
    log,
    apply: (_kind, request) => {
      applied.push('key' in request ? Buffer.from(request.key).toString() : 'other')
      return { ...results, succeeded: true, responses: [] }
    },
    turn: () => new Promise(setImmediate),
    onBatchApplied: () => batches.push(applied.length),
    room: () => undefined,
    onDefect: () => {},
    onWarning: (message) => warnings.push(message),
    ...more,
  })
  const put = (key: string): Promise<unknown> => proposer.propose('put', putRequest(key))
  return { directory, log, proposer, applied, warnings, batches, put }
}

const reasonOf = (outcome: Promise<unknown>): Promise<unknown> =>
  outcome.then(
    () => 'done',
    (error: { reason: string }) => error.reason,
  )

describe('Proposer', () => {
  it('writes what arrives together in one frame, and applies it in order', async () => {
    const { log, applied, batches, put } = await setUp()
    await Promise.all(['a', 'b', 'c'].map(put))
    expect(applied).toEqual(['a', 'b', 'c'])
    expect(batches).toEqual([3])
    expect(log.lastIndex).toBe(3)
  })

  it('lets others get in between while it applies a large batch', async () => {
    const done: number[] = []
    const apply: ProposerOptions['apply'] = () => {
      for (const untilMs = performance.now() + 2; performance.now() < untilMs; );
      done.push(1)
      return {
        revision: 1,
        prevKv: undefined,
        deleted: 0,
        prevKvs: [],
        id: 0n,
        ttlSeconds: 0,
        succeeded: true,
        responses: [],
      }
    }
    const { put, batches } = await setUp({ apply })
    const seen = new Set<number>()
    const look = (): void => {
      seen.add(done.length)
      if (done.length < 10) setImmediate(look)
    }
    look()
    await Promise.all(Array.from({ length: 10 }, (_, index) => put(String(index))))
    // Before the first, in between more than once, and, as the batch was one, told of once.
    expect(seen.size).toBeGreaterThan(2)
    expect(batches).toHaveLength(1)
  })

  it('tells everybody of a batch that the disk is full, applies nothing of it, warns once, and goes on later', async () => {
    const { directory, applied, warnings, put } = await setUp()
    directory.fault = { kind: 'write', writtenBytes: 10 }
    expect(await Promise.all([reasonOf(put('a')), reasonOf(put('b'))])).toEqual(['noSpace', 'noSpace'])
    expect(await reasonOf(put('c'))).toBe('noSpace')
    expect(warnings).toHaveLength(1)
    directory.fault = undefined
    expect(await reasonOf(put('d'))).toBe('done')
    expect(applied).toEqual(['d'])
  })

  it('calls the outcome unknown when a sync fails, and takes nothing more', async () => {
    const { directory, applied, put } = await setUp()
    directory.fault = { kind: 'sync' }
    const inDoubt = put('a')
    expect(await reasonOf(inDoubt)).toBe('timeout')
    directory.fault = undefined
    expect(await reasonOf(put('b'))).toBe('stopped')
    expect(applied).toEqual([])
  })

  it('waits for room, and refuses when there will be none', async () => {
    const room = deferred()
    let wait: Promise<void> | undefined = room.promise
    const { applied, put } = await setUp({ room: () => wait })
    const refused = reasonOf(put('a'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(applied).toEqual([])
    room.reject(new Error('disk full'))
    expect(await refused).toBe('noSpace')
    const later = deferred()
    wait = later.promise
    const accepted = reasonOf(put('b'))
    wait = undefined
    later.resolve()
    expect(await accepted).toBe('done')
    expect(applied).toEqual(['b'])
  })

  it('refuses more than it can hold', async () => {
    const never = new Promise<void>(() => {})
    const { proposer } = await setUp({ room: () => never })
    const large = putRequest('a', 'x'.repeat(1024 * 1024))
    for (let n = 0; n < 64; n++) proposer.propose('put', large).catch(() => {})
    expect(await reasonOf(proposer.propose('leaseRevoke', revokeRequest(1n)))).toBe('tooManyRequests')
  })

  it('stops at a defect and lets nothing of it be stored', async () => {
    const defects: unknown[] = []
    const { batches, put } = await setUp({
      apply: () => {
        throw new TypeError('defect')
      },
      onDefect: (error) => defects.push(error),
    })
    const first = put('a').catch((error: unknown) => error)
    expect(await reasonOf(put('b'))).toBe('stopped')
    expect(await first).toBeInstanceOf(TypeError)
    expect(await reasonOf(put('c'))).toBe('stopped')
    expect(batches).toEqual([])
    expect(defects).toHaveLength(1)
  })

  it('finishes what it has taken before it is closed', async () => {
    const { proposer, applied, put } = await setUp()
    const taken = put('a')
    const closed = proposer.close()
    expect(await reasonOf(put('b'))).toBe('stopped')
    await closed
    await taken
    expect(applied).toEqual(['a'])
  })
})
