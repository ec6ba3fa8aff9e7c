import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Flood, Frame, field, frame, requestBlock } from './floods/flood.ts'
import { FloodedServer } from './floods/flooded-server.ts'

// Floods from clients who have no login, in the least words that cost the most. The long form sends twenty times as
// much, over several connections; three times where that is gigabytes already.
const long = process.env.WAYPOST_LONG === '1'
const times = long ? 20 : 1
const timesOfMuch = Math.min(times, 3)
const connections = long ? 8 : 1

/** What V8's heap and malloc may take up beyond what is counted. */
const slackMib = 64
/** The bounds of the server. */
const clientMib = 64
const serverMib = 256
/** What little may take up: of one connection next to nothing, of several what a client may. */
const littleMib = slackMib + (long ? clientMib : 0)

let server: FloodedServer
const floods: Flood[] = []

beforeEach(async () => {
  server = await FloodedServer.start()
})

afterEach(async () => {
  for (const flood of floods.splice(0)) flood.close()
  await server.stop()
})

async function flood(open: (port: number) => Promise<Flood>, send: (flood: Flood) => Promise<void>): Promise<Flood[]> {
  const opened = await Promise.all(Array.from({ length: connections }, () => open(server.port)))
  floods.push(...opened)
  await Promise.all(opened.map(send))
  // The answer comes behind all that was sent before.
  expect(await server.get('/health')).toBe(200)
  expect(server.isRunning).toBe(true)
  return opened
}

const put = requestBlock('/etcdserverpb.KV/Put')
/** The beginning of a message of 1 MiB. */
const megabyte = Buffer.of(0, 0, 0x10, 0, 0)

describe.skipIf(process.platform !== 'linux')('what is not complete takes up little memory', () => {
  it('as one-byte DATA frames', async () => {
    await flood(Flood.http2, async (to) => {
      const streams = 8
      for (let stream = 0; stream < streams; stream++) {
        await to.send(frame(Frame.headers, 4, 2 * stream + 1, put))
        await to.send(frame(Frame.data, 0, 2 * stream + 1, megabyte))
      }
      const bytes = Buffer.concat(
        Array.from({ length: 8_000 }, (_, index) => frame(Frame.data, 0, 2 * (index % streams) + 1, Buffer.of(7))),
      )
      for (let count = 0; count < 120 * times; count++) await to.send(bytes)
    })
    expect(server.growthMib).toBeLessThan(littleMib)
  })

  it('as calls with large headers', async () => {
    const [first] = await flood(Flood.http2, async (to) => {
      const large = requestBlock('/etcdserverpb.Watch/Watch', field('x-large', 'x'.repeat(60_000)))
      for (let stream = 0; stream < 2_200 * timesOfMuch && !to.isClosed; stream++)
        await to.send(frame(Frame.headers, 4, 2 * stream + 1, large))
    })
    expect(server.growthMib).toBeLessThan(slackMib + 1.25 * (long ? serverMib : clientMib))
    expect(first).toBeDefined()
  })

  it('as the body of a request in one-byte chunks', async () => {
    await flood(Flood.connect, async (to) => {
      await to.send(Buffer.from('POST /v3/kv/put HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n'))
      const spaces = Buffer.from('1\r\n \r\n'.repeat(10_000))
      for (let count = 0; count < 120 * timesOfMuch; count++) await to.send(spaces)
    })
    expect(server.growthMib).toBeLessThan(littleMib)
  })

  it('as an object of a stream in one-byte chunks', async () => {
    await flood(Flood.connect, async (to) => {
      await to.send(Buffer.from('POST /v3/watch HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n'))
      await to.send(Buffer.from('b\r\n{"ignored":\r\n'))
      const spaces = Buffer.from('1\r\n \r\n'.repeat(10_000))
      for (let count = 0; count < 120 * timesOfMuch; count++) await to.send(spaces)
    })
    expect(server.growthMib).toBeLessThan(littleMib)
  })

  it('as requests that wait behind each other', async () => {
    const [first] = await flood(Flood.connect, async (to) => {
      const body = '{"name":"bA=="}'
      const head = `POST /v3/lock/lock HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n`
      const requests = Buffer.from((head + body).repeat(1_000))
      for (let count = 0; count < 20 * times && !to.isClosed; count++) await to.send(requests)
    })
    await expect.poll(() => first?.isClosed).toBe(true)
    expect(server.growthMib).toBeLessThan(littleMib)
  })

  it('as headers that refer to the table thousands of times', async () => {
    await flood(Flood.http2, async (to) => {
      // The value of 3,900 bytes goes into the table, and is then referred to by one byte each.
      const value = Buffer.concat([Buffer.of(0x40), field('x', 'y'.repeat(3_900)).subarray(1)])
      const first = Buffer.concat([requestBlock('/etcdserverpb.KV/Range'), value])
      await to.send(frame(Frame.headers, 5, 1, first))
      const bomb = Buffer.concat([requestBlock('/etcdserverpb.KV/Range'), Buffer.alloc(15, 0xbe)])
      for (let stream = 1; stream < 20_000 * timesOfMuch && !to.isClosed; stream++)
        await to.send(frame(Frame.headers, 4, 2 * stream + 1, bomb))
    })
    expect(server.growthMib).toBeLessThan(slackMib + 1.25 * (long ? serverMib : clientMib))
  })
})

describe.skipIf(process.platform !== 'linux')('what says nothing ends the connection', () => {
  const increment = Buffer.of(0, 0, 0, 1)

  it.each([
    ['window updates', frame(Frame.windowUpdate, 0, 0, increment)],
    ['window updates of a stream', frame(Frame.windowUpdate, 0, 1, increment)],
    ['pings', frame(Frame.ping, 0, 0, Buffer.alloc(8))],
    ['settings', frame(Frame.settings, 0, 0, Buffer.of(0, 4, 0, 1, 0, 0))],
    ['empty DATA', frame(Frame.data, 0, 1)],
  ])('%s', async (_what, each) => {
    const [first] = await flood(Flood.http2, async (to) => {
      await to.send(frame(Frame.headers, 4, 1, requestBlock('/etcdserverpb.Watch/Watch')))
      const many = Buffer.concat(Array.from({ length: 1_000 }, () => each))
      for (let count = 0; count < 200 * times && !to.isClosed; count++) await to.send(many)
    })
    await expect.poll(() => first?.isClosed).toBe(true)
    expect(server.growthMib).toBeLessThan(littleMib)
  })
})
