import { WaypostError } from '@waypost/core'
import { FakeClock } from '@waypost/core/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { Outage, type Reserves } from './outage.ts'

const refused = new WaypostError('unavailable', 'cannot connect to http://a:1: connect ECONNREFUSED a:1')
const nothing: Reserves = { readyCaches: 0, staleCaches: 0, watches: 0, changes: 0, leasesLost: 0 }

describe('what a client reports of an outage', () => {
  let clock: FakeClock
  let reserves: Reserves
  let lines: string[]
  let outage: Outage

  beforeEach(() => {
    clock = new FakeClock()
    reserves = nothing
    lines = []
    const logger = { debug: () => {}, warn: (line: string) => void lines.push(line) }
    outage = new Outage({ clock, logger, reserves: () => reserves })
    outage.connected('http://a:1')
  })

  /** Attempts to connect fail again and again. */
  async function away(ms: number): Promise<void> {
    for (const endMs = clock.monotonicMs() + ms; clock.monotonicMs() < endMs; ) {
      outage.failed(refused)
      await clock.advance(500)
    }
  }

  it('is one line when it begins, one now and then, and one when it is over, with what changed', async () => {
    reserves = { ...nothing, readyCaches: 3, watches: 1, changes: 100 }
    outage.lost()
    await away(30_000)
    expect(lines).toEqual([
      `The store is lost: ${refused.message}. Until it is back, 3 views keep the last known state and 1 watch waits.`,
    ])
    await away(3_600_000)
    expect(lines.length).toBe(1 + 1 + 5)
    expect(lines[1]).toBe(`The store is still unreachable after 61 s: ${refused.message}.`)
    expect(lines[2]).toContain('still unreachable after 11 min')
    lines = []
    reserves = { ...reserves, staleCaches: 2 }
    outage.connected('http://b:1')
    await clock.advance(1_000)
    expect(lines).toEqual([])
    reserves = { ...reserves, staleCaches: 0, changes: 112, leasesLost: 1 }
    await clock.advance(1_000)
    expect(lines).toEqual([
      'The store is back at http://b:1 after 61 min. 12 keys changed meanwhile. 1 lease was lost.',
    ])
    await clock.advance(3_600_000)
    expect(lines.length).toBe(1)
    expect(clock.pendingTimers).toBe(0)
  })

  it('is not told of what is over within a second, however often', async () => {
    for (let round = 0; round < 20; round++) {
      outage.lost()
      await away(500)
      outage.connected('http://a:1')
      await clock.advance(500)
    }
    expect(lines).toEqual([])
    expect(clock.pendingTimers).toBe(0)
  })

  it('is not claimed while nobody asks for the store', async () => {
    outage.lost()
    await clock.advance(60_000)
    outage.failed(refused)
    outage.rest()
    await clock.advance(60_000)
    expect(lines).toEqual([])
  })

  it('says when views do not catch up, and that nothing changed', async () => {
    reserves = { ...nothing, readyCaches: 1, staleCaches: 1 }
    outage.lost()
    await away(2_000)
    lines = []
    outage.connected('http://a:1')
    await clock.advance(20_000)
    expect(lines).toEqual([
      'The store is back at http://a:1 after 2 s. 1 view is not up to date yet. Nothing that is watched has changed.',
    ])
  })

  it('leaves no timer behind when the client is closed', async () => {
    await away(2_000)
    outage.close()
    expect(clock.pendingTimers).toBe(0)
  })
})
