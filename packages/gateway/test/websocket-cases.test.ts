import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { routeOf, startPlane, type TestPlane } from '../src/data-plane.test-support.ts'

/**
 * Conversations of the kinds that Autobahn's suite holds: framing, pings, reserved bits, opcodes, fragments, UTF-8,
 * closing, sizes, compression. What a client sees through the gateway must be, byte by byte, what it sees without.
 */
interface Case {
  readonly name: string
  /** Sent one after the other, each in a packet of its own as far as the system does so. */
  readonly pieces: readonly Buffer[]
  readonly deflate?: boolean
}

interface FrameOptions {
  readonly fin?: boolean
  readonly reserved?: number
  readonly mask?: boolean
}

const [text, binary, continuation, close, ping, pong] = [1, 2, 0, 8, 9, 10] as const

/** Source: RFC 6455, section 5.2. */
function frame(opcode: number, payload: string | Buffer = '', options: FrameOptions = {}): Buffer {
  const { fin = true, reserved = 0, mask = true } = options
  const body = Buffer.from(payload)
  const { length } = body
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const head = Buffer.alloc(2 + extended)
  head[0] = first
  head[1] = (mask ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127)
  if (extended === 2) head.writeUInt16BE(length, 2)
  if (extended === 8) head.writeBigUInt64BE(BigInt(length), 2)
  if (!mask) return Buffer.concat([head, body])
  const key = Buffer.from([0x37, 0xfa, 0x21, 0x3d])
  return Buffer.concat([head, key, body.map((byte, index) => byte ^ (key[index % 4] ?? 0))])
}

const closing = (code: number, reason: string | Buffer = ''): Buffer => {
  const bytes = Buffer.concat([Buffer.alloc(2), Buffer.from(reason)])
  bytes.writeUInt16BE(code)
  return frame(close, bytes)
}

const end = closing(1000)

function chopped(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}

function* framing(): Generator<Case> {
  for (const opcode of [text, binary]) {
    for (const length of [0, 1, 125, 126, 127, 128, 65_535, 65_536, 1_000_000]) {
      const message = frame(opcode, 'x'.repeat(length))
      yield { name: `1 message ${opcode} of ${length}`, pieces: [message, end] }
      if (length < 70_000) {
        yield { name: `1 message ${opcode} of ${length} in pieces`, pieces: [...chopped(message, 997), end] }
      }
    }
  }
  yield {
    name: '1 three messages in one packet',
    pieces: [Buffer.concat([1, 2, 3].map((n) => frame(text, `${n}`))), end],
  }
  yield { name: '1 byte by byte', pieces: chopped(Buffer.concat([frame(text, 'hello'), end]), 1) }
  yield { name: '1 without a mask', pieces: [frame(text, 'hello', { mask: false }), end] }
}

function* control(): Generator<Case> {
  for (const length of [0, 1, 125, 126]) {
    yield { name: `2 ping of ${length}`, pieces: [frame(ping, 'p'.repeat(length)), end] }
    yield { name: `2 pong of ${length} that nobody asked for`, pieces: [frame(pong, 'p'.repeat(length)), end] }
  }
  yield { name: '2 ten pings', pieces: [...Array.from({ length: 10 }, (_, n) => frame(ping, `${n}`)), end] }
  yield { name: '2 ping in pieces', pieces: [...chopped(frame(ping, 'p'.repeat(125)), 1), end] }
  for (let reserved = 1; reserved < 8; reserved++) {
    yield { name: `3 reserved bits ${reserved}`, pieces: [frame(text, 'hello', { reserved }), frame(ping), end] }
  }
  for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
    yield { name: `4 opcode ${opcode}`, pieces: [frame(text, 'before'), frame(opcode, 'hello'), frame(ping), end] }
  }
}

function* fragments(): Generator<Case> {
  const part = (opcode: number, payload: string | Buffer, fin = false): Buffer => frame(opcode, payload, { fin })
  const hello = [part(text, 'hel'), frame(continuation, 'lo')]
  yield { name: '5 two fragments', pieces: [...hello, end] }
  yield { name: '5 with a ping between', pieces: [part(text, 'hel'), frame(ping, 'p'), frame(continuation, 'lo'), end] }
  yield { name: '5 empty fragments', pieces: [part(text, ''), part(continuation, ''), frame(continuation, ''), end] }
  yield { name: '5 a ping in fragments', pieces: [part(ping, 'a'), frame(continuation, 'b'), end] }
  yield { name: '5 continues nothing', pieces: [frame(continuation, 'lo'), frame(text, 'hello'), end] }
  yield { name: '5 continues nothing, unfinished', pieces: [part(continuation, 'lo'), frame(text, 'hello'), end] }
  yield { name: '5 begins anew', pieces: [part(text, 'hel'), frame(text, 'hello'), end] }
  yield { name: '5 closed in the middle', pieces: [part(text, 'hel'), end] }
  const many = Array.from({ length: 300 }, (_, index) => part(index === 0 ? binary : continuation, `${index}`))
  yield { name: '5 300 fragments', pieces: [Buffer.concat([...many, frame(continuation)]), end] }
}

function* characters(): Generator<Case> {
  const samples: readonly [name: string, bytes: Buffer][] = [
    ['of many planes', Buffer.from('κόσμε 網關 🚪')],
    ['a lonely continuation', Buffer.from([0x80])],
    ['an overlong slash', Buffer.from([0xc0, 0xaf])],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
    ['above U+10FFFF', Buffer.from([0xf4, 0x90, 0x80, 0x80])],
    ['cut off', Buffer.from('κόσμε').subarray(0, -1)],
    ['0xFE', Buffer.from([0xfe])],
    ['U+FFFF', Buffer.from('\uffff')],
    ['zeros', Buffer.alloc(20)],
  ]
  for (const [name, bytes] of samples) {
    yield { name: `6 ${name}`, pieces: [frame(text, bytes), frame(ping), end] }
    const middle = bytes.length >> 1
    const two = [frame(text, bytes.subarray(0, middle), { fin: false }), frame(continuation, bytes.subarray(middle))]
    yield { name: `6 ${name} in fragments`, pieces: [...two, end] }
    yield { name: `6 ${name} byte by byte`, pieces: [...chopped(frame(text, bytes), 1), end] }
    yield { name: `6 ${name} as a reason`, pieces: [closing(1000, bytes)] }
  }
}

function* endings(): Generator<Case> {
  for (const code of [
    0, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1011, 1014, 1015, 1016, 2999, 3000, 4999,
  ]) {
    yield { name: `7 code ${code}`, pieces: [closing(code, 'bye')] }
  }
  for (const code of [5000, 65_535]) yield { name: `7 code ${code}`, pieces: [closing(code)] }
  yield { name: '7 without a code', pieces: [frame(close)] }
  yield { name: '7 half a code', pieces: [frame(close, 'x')] }
  yield { name: '7 a long reason', pieces: [closing(1000, 'r'.repeat(123))] }
  yield { name: '7 a reason that is too long', pieces: [closing(1000, 'r'.repeat(124))] }
  yield { name: '7 twice', pieces: [Buffer.concat([end, end])] }
  yield { name: '7 a message after the end', pieces: [Buffer.concat([frame(text, 'a'), end, frame(text, 'b')])] }
  yield { name: '7 a ping after the end', pieces: [Buffer.concat([end, frame(ping)])] }
}

function* compressed(): Generator<Case> {
  const squeeze = (value: string | Buffer): Buffer => deflateRawSync(value, { finishFlush: 2 }).subarray(0, -4)
  const samples = { 'much of the same': 'a'.repeat(100_000), 'no pattern': Buffer.alloc(20_000, randomBytes(4_001)) }
  for (const [name, value] of Object.entries(samples)) {
    const message = frame(binary, squeeze(value), { reserved: 4 })
    yield { name: `12 ${name}`, pieces: [message, end], deflate: true }
    yield { name: `12 ${name} in pieces`, pieces: [...chopped(message, 101), end], deflate: true }
  }
  yield { name: '12 not compressed', pieces: [frame(text, 'hello'), end], deflate: true }
  yield { name: '12 nonsense', pieces: [frame(text, 'hello', { reserved: 4 }), end], deflate: true }
}

const cases = [framing, control, fragments, characters, endings, compressed].flatMap((make) => [...make()])

const ending: (() => unknown)[] = []
let directPort = 0
let gateway: TestPlane

beforeAll(async () => {
  const server = createServer()
  // The same input makes the same output: what is sent compressed does not depend on what was sent before.
  const perMessageDeflate = { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 0 }
  const sockets = new WebSocketServer({ server, perMessageDeflate })
  sockets.on('connection', (socket) => {
    socket.on('error', () => {})
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  directPort = (server.address() as AddressInfo).port
  gateway = await startPlane(routeOf(), [String(directPort)])
  ending.push(
    () => server.close(),
    () => gateway.plane.close(),
  )
})

afterAll(async () => {
  for (const end of ending.reverse()) await end()
})

/** All that comes after the head of the answer until the other side closes, and what was agreed on. */
async function talk(port: number, { pieces, deflate = false }: Case): Promise<{ bytes: string; extensions: unknown }> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.once('close', resolve))
  const extension = deflate ? 'Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n' : ''
  socket.write(
    `GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n${extension}` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  for (const piece of pieces) {
    if (socket.destroyed) break
    socket.write(piece)
    if (piece.length < 10) await delay(0)
  }
  await closed
  const all = Buffer.concat(chunks).toString('latin1')
  const at = all.indexOf('\r\n\r\n')
  const head = all.slice(0, at)
  expect(head).toMatch(/^HTTP\/1.1 101 /)
  expect(head).toMatch(/sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/i)
  return { bytes: all.slice(at + 4), extensions: /sec-websocket-extensions: (.*)/i.exec(head)?.[1] }
}

it(`says the same as the instance in ${cases.length} conversations`, async () => {
  const waiting = [...cases]
  const different: string[] = []
  let answered = 0
  const lane = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      const [direct, through] = await Promise.all([talk(directPort, one), talk(gateway.port, one)])
      if (direct.bytes !== through.bytes || direct.extensions !== through.extensions) different.push(one.name)
      if (direct.bytes.length > 0) answered += 1
      if (one.deflate) expect(direct.extensions, one.name).toContain('permessage-deflate')
    }
  }
  await Promise.all(Array.from({ length: 8 }, lane))
  expect(different).toEqual([])
  // Silence on both sides would be no comparison.
  expect(answered / cases.length).toBeGreaterThan(0.95)
  await expect.poll(() => gateway.plane.connections).toBe(0)
})
