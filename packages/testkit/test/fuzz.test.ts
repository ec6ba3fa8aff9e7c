import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { FakeClock } from '@waypost/core/testing'
import { Lease, Watch } from '@waypost/protocol'
import { RpcConnection, type RpcStream } from '@waypost/rpc'
import type { EmbeddedServer } from '@waypost/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startStore, until } from '../src/index.ts'
import { Dice } from './fuzz/dice.ts'
import { heldBytes, openSockets } from './fuzz/footprint.ts'
import { frame, opening, preface } from './fuzz/frames.ts'
import { play } from './fuzz/play.ts'
import { session } from './fuzz/sessions.ts'
import { Victim } from './fuzz/victim.ts'

const long = process.env.WAYPOST_LONG === '1'
/** Messages and strange frames in all. */
const total = long ? 1_000_000 : 15_000
const perBatch = long ? 20_000 : 5_000
const connectionsAtATime = 8
/** What may stay behind in memory, such as code that was compiled meanwhile. */
const slackBytes = 48 * 1024 * 1024
const idleStreams = 10_000
const idleStreamBytes = 18 * 1024

const defects: unknown[] = []
let store: EmbeddedServer
let victim: Victim

async function start(clock?: FakeClock): Promise<void> {
  store = await startStore({ clock, onWarning: (message, error) => defects.push(message, error) })
  victim = new Victim(store.url)
  await victim.cleansUp()
}

afterEach(async () => {
  await victim.close()
  await store.close()
  expect(defects.splice(0)).toEqual([])
})

/** What the server says it has open, by the names of its metrics. */
async function gauges(): Promise<Record<string, number>> {
  const text = await (await fetch(`${store.url}/metrics`, { headers: { connection: 'close' } })).text()
  const names = ['etcd_debugging_mvcc_watch_stream_total', 'etcd_debugging_mvcc_watcher_total']
  return Object.fromEntries(names.map((name) => [name, Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1])]))
}

async function nothingIsOpen(sockets: number): Promise<void> {
  await until('The end of all connections of strangers', () => openSockets() <= sockets)
  await until('The end of all streams of strangers', async () => Object.values(await gauges()).every((n) => n === 0))
}

describe('strangers that send anything', () => {
  beforeEach(() => start())

  /** Plays the session of a seed; the error says how to see it again. */
  async function playSeed(seed: number): Promise<number> {
    const played = session(new Dice(seed))
    await play(store.port, played).catch((cause: unknown) => {
      throw new Error(`Session ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    })
    expect(defects, `after the session ${seed} or one that ran beside it`).toEqual([])
    return played.count
  }

  async function batch(nextSeed: () => number | undefined): Promise<number> {
    let count = 0
    await Promise.all(
      Array.from({ length: connectionsAtATime }, async () => {
        for (let seed = nextSeed(); seed !== undefined; seed = nextSeed()) {
          const played = await playSeed(seed)
          count += played
          await victim.goesOn()
        }
      }),
    )
    return count
  }

  it('are each answered or hung up on, and harm nobody', { timeout: long ? 3_600_000 : 90_000 }, async () => {
    const kept: number[] = JSON.parse(readFileSync(new URL('../fixtures/fuzz-seeds.json', import.meta.url), 'utf8'))
    const seed = Number(process.env.WAYPOST_SEED ?? randomInt(2 ** 31))
    console.log(`WAYPOST_SEED=${seed} sends the same again.`)
    const sockets = openSockets()
    await batch(() => kept.shift())
    await victim.cleansUp()
    await nothingIsOpen(sockets)
    const heldBefore = heldBytes()
    const dice = new Dice(seed)
    for (let sent = 0; sent < total; ) {
      const until = Math.min(total, sent + perBatch)
      let planned = sent
      // Sessions are of different lengths: enough of them are begun to have sent what a batch should.
      sent += await batch(() => {
        if (planned >= until) return undefined
        const next = dice.int(2 ** 31)
        planned += session(new Dice(next)).count
        return next
      })
      await nothingIsOpen(sockets)
      await victim.cleansUp()
      expect(heldBytes() - heldBefore).toBeLessThan(slackBytes)
    }
  })
})

describe('ten thousand idle streams', () => {
  beforeEach(() => start())

  it('cost little, disturb nobody, and go with their connection', async () => {
    const sockets = openSockets()
    const heldBefore = heldBytes()
    const connection = new RpcConnection(store.url)
    let ended = 0
    const handlers = { onMessage: () => {}, onEnd: () => ended++ }
    const streams: RpcStream<never>[] = []
    for (let n = 0; n < idleStreams / 2; n++)
      streams.push(connection.stream(Watch.watch, handlers), connection.stream(Lease.leaseKeepAlive, handlers))
    await until('Their opening', async () => {
      return (await gauges()).etcd_debugging_mvcc_watch_stream_total === idleStreams / 2
    })
    await victim.goesOn()
    await victim.cleansUp()
    // Both ends are in this process.
    expect((heldBytes() - heldBefore) / idleStreams).toBeLessThan(2 * idleStreamBytes)
    connection.destroy()
    expect(ended).toBe(streams.length)
    await nothingIsOpen(sockets)
    await victim.goesOn()
  })
})

describe('half-open connections', () => {
  it('are closed in time, whatever their half is', async () => {
    const clock = new FakeClock()
    await start(clock)
    const sockets = openSockets()
    const halves = [
      Buffer.alloc(0),
      preface.subarray(0, 5),
      preface,
      Buffer.concat([preface, frame(4).subarray(0, 4)]),
      opening,
      Buffer.of(0x16, 3, 1),
    ]
    const clients: Socket[] = []
    for (let n = 0; n < 300; n++) {
      const socket = connect({ port: store.port, host: '127.0.0.1', allowHalfOpen: true })
      socket.on('error', () => {})
      socket.resume()
      await once(socket, 'connect')
      socket.write(halves[n % halves.length] ?? '')
      clients.push(socket)
    }
    await victim.goesOn()
    for (let seconds = 0; seconds < 60; seconds++) await clock.advance(1000)
    await until('The end that the server makes', () =>
      clients.every((client) => client.readableEnded || client.destroyed),
    )
    for (const client of clients) client.destroy()
    await nothingIsOpen(sockets)
  })
})
