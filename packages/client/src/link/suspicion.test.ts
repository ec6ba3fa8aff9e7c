import { type Deferred, deferred } from '@waypost/core'
import { FakeClock } from '@waypost/core/testing'
import { RpcError, StatusCode } from '@waypost/rpc/client'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Peer, Suspicion } from './suspicion.ts'

/** A connection with one stream open, whose peer answers questions at once while `answers`. */
class FakePeer implements Peer {
  readonly endpoint = 'http://store:2379'
  state: 'ready' | 'closed' = 'ready'
  readonly asked: { kind: 'ping' | 'call'; atMs: number }[] = []
  readonly #clock: FakeClock
  readonly #silence: Deferred<never>[] = []
  answers = true
  received = 1
  openCalls = 1
  destroyedAtMs: number | undefined

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  ping(timeoutMs = 0): Promise<number> {
    const answer = this.#ask('ping', 1)
    if (!this.answers) this.#clock.after(timeoutMs, () => this.#breakSilence())
    return answer
  }

  async unary(): Promise<never> {
    await this.#ask('call', 0)
    // A refusal is an answer, too.
    throw new RpcError(StatusCode.UNIMPLEMENTED, 'no such service', { delivery: 'answered' })
  }

  destroy(): void {
    this.state = 'closed'
    this.destroyedAtMs ??= this.#clock.monotonicMs()
    this.#breakSilence()
  }

  #breakSilence(): void {
    for (const { reject } of this.#silence) reject(new RpcError(StatusCode.UNAVAILABLE, 'gone', { delivery: 'sent' }))
  }

  async #ask<T>(kind: 'ping' | 'call', answer: T): Promise<T> {
    this.asked.push({ kind, atMs: this.#clock.monotonicMs() })
    if (!this.answers) {
      const silence: Deferred<never> = deferred()
      this.#silence.push(silence)
      return silence.promise
    }
    this.received += 1
    return answer
  }
}

describe('a connection under suspicion', () => {
  let clock: FakeClock
  let peer: FakePeer
  let silentAtMs: number[]
  let suspicion: Suspicion<FakePeer>

  beforeEach(() => {
    clock = new FakeClock()
    peer = new FakePeer(clock)
    silentAtMs = []
    suspicion = new Suspicion<FakePeer>({
      clock,
      intervalMs: 2_000,
      timeoutMs: 2_500,
      onSilent: () => silentAtMs.push(clock.monotonicMs()),
    })
    suspicion.guard(peer)
  })

  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) await clock.advance(50)
  }

  it('is asked every two seconds while idle, and never pinged twice but for something that was sent between', async () => {
    await pass(60_000)
    const gaps = peer.asked.slice(1).map(({ atMs }, index) => atMs - (peer.asked[index]?.atMs ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2_250)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_750)
    expect(peer.asked.every(({ kind }, index) => kind === (index % 2 === 0 ? 'ping' : 'call'))).toBe(true)
    expect(silentAtMs).toEqual([])
  })

  it.each(['ping', 'call'])('is left within three seconds when it falls silent before a %s', async (kind) => {
    await pass(20_000)
    while (peer.asked.at(-1)?.kind === kind) await pass(50)
    const fellSilentAtMs = clock.monotonicMs()
    peer.answers = false
    await pass(10_000)
    expect(silentAtMs.length).toBe(1)
    expect((silentAtMs[0] ?? 0) - fellSilentAtMs).toBeLessThanOrEqual(3_000)
    expect((peer.destroyedAtMs ?? 0) - fellSilentAtMs).toBeLessThanOrEqual(4_800)
  })

  it.each(['ping', 'call'])('is not left while it speaks, though it does not answer a %s', async (kind) => {
    await pass(20_000)
    while (peer.asked.at(-1)?.kind === kind) await pass(50)
    peer.answers = false
    const questions = peer.asked.length
    while (peer.asked.length === questions) await pass(50)
    await pass(500)
    peer.received += 1
    peer.answers = true
    await pass(10_000)
    expect(silentAtMs).toEqual([])
    expect(peer.destroyedAtMs).toBe(undefined)
    expect(peer.asked.length).toBeGreaterThan(questions + 1)
  })

  it('is not asked while it speaks, nor while nobody wants anything of it', async () => {
    for (let second = 0; second < 20; second++) {
      await pass(500)
      peer.received += 1
    }
    peer.openCalls = 0
    await pass(20_000)
    expect(peer.asked).toEqual([])
    peer.openCalls = 1
    await pass(1_000)
    expect(peer.asked.length).toBe(1)
  })

  it('is only pinged while one more call might have to wait because many are open', async () => {
    peer.openCalls = 100
    await pass(30_000)
    expect(peer.asked.some(({ kind }) => kind === 'call')).toBe(false)
    const gaps = peer.asked.slice(1).map(({ atMs }, index) => atMs - (peer.asked[index]?.atMs ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThan(5_000)
  })
})
