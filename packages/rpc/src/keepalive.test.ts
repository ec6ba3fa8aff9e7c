import { type Deferred, deferred } from '@waypost/core'
import { FakeClock } from '@waypost/core/testing'
import { describe, expect, it } from 'vitest'
import { Keepalive } from './keepalive.ts'

function start(isNeeded = () => true) {
  const clock = new FakeClock()
  const pings: Deferred<void>[] = []
  const state = { silences: 0, received: 0 }
  const keepalive = new Keepalive({
    clock,
    intervalMs: 100,
    timeoutMs: 50,
    isNeeded,
    received: () => state.received,
    ping: () => {
      const ping = deferred()
      pings.push(ping)
      return ping.promise
    },
    onSilence: () => {
      state.silences += 1
    },
  })
  return { clock, pings, state, keepalive }
}

/** Lets the reactions to a settled ping run. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('Keepalive', () => {
  it('asks a peer that was silent for an interval, and again after its answer', async () => {
    const { clock, pings, state } = start()
    clock.advanceSync(100)
    clock.advanceSync(100)
    expect(pings).toHaveLength(1)
    state.received += 1
    pings[0]?.resolve()
    await settle()
    clock.advanceSync(100)
    expect(pings).toHaveLength(2)
    expect(state.silences).toBe(0)
  })

  it('does not ask while there is traffic, or while nobody needs the peer', () => {
    const { clock, pings, state } = start()
    for (let round = 0; round < 5; round += 1) {
      clock.advanceSync(60)
      state.received += 1
    }
    expect(pings).toHaveLength(0)
    const idle = start(() => false)
    idle.clock.advanceSync(1000)
    expect(idle.pings).toHaveLength(0)
  })

  it('reports a peer that does not answer in time', async () => {
    const { clock, state } = start()
    clock.advanceSync(200)
    clock.advanceSync(49)
    await settle()
    expect(state.silences).toBe(0)
    clock.advanceSync(1)
    await settle()
    expect(state.silences).toBe(1)
  })

  it('takes whatever the peer says for an answer, and asks again when it is silent after that', async () => {
    const { clock, pings, state } = start()
    clock.advanceSync(200)
    clock.advanceSync(20)
    state.received += 1
    clock.advanceSync(30)
    await settle()
    expect(state.silences).toBe(0)
    clock.advanceSync(100)
    clock.advanceSync(100)
    expect(pings).toHaveLength(2)
    clock.advanceSync(50)
    await settle()
    expect(state.silences).toBe(1)
  })

  it('takes an answer that lay unread, because this process was busy, for an answer', async () => {
    const { clock, pings, state } = start()
    clock.advanceSync(200)
    clock.advanceSync(50)
    pings[0]?.resolve()
    await settle()
    expect(state.silences).toBe(0)
  })

  it('keeps no timer once stopped', () => {
    const { clock, state, keepalive } = start()
    clock.advanceSync(200)
    keepalive.stop()
    clock.advanceSync(1000)
    expect(state.silences).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })
})
