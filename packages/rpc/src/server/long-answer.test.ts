import { deferred } from '@waypost/core'
import { afterEach, describe, expect, it } from 'vitest'
import { RpcConnection } from '../client/connection.ts'
import { bytes } from '../interop/bytes-codec.test-support.ts'
import { startOwnServer } from '../interop/own-server.test-support.ts'
import type { Method } from '../method.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'
import { unary } from './handler.ts'
import { LongAnswer } from './long-answer.ts'

const method: Method<Uint8Array, Uint8Array> = {
  path: '/test.Long/Get',
  kind: 'unary',
  request: bytes,
  response: bytes,
}
const pieceBytes = 64 * 1024
const ends: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function start(answer: () => Promise<LongAnswer>) {
  const server = await startOwnServer({ handlers: [unary(method, () => answer())] })
  const connection = new RpcConnection(server.endpoint)
  ends.push(
    () => server.kill(),
    () => connection.destroy(),
  )
  return connection
}

/** Pieces that are counted when they are asked for. */
function pieces(count: number, made: { count: number }): AsyncIterable<Uint8Array> {
  return (async function* () {
    for (; made.count < count; made.count++) yield Buffer.alloc(pieceBytes, made.count)
  })()
}

describe('a long answer', () => {
  it('arrives as one message', async () => {
    const made = { count: 0 }
    const released = deferred()
    const connection = await start(async () => new LongAnswer(100 * pieceBytes, pieces(100, made), released.resolve))
    const answer = await connection.unary(method, Buffer.alloc(0))
    expect(answer.length).toBe(100 * pieceBytes)
    for (let piece = 0; piece < 100; piece++) expect(answer[piece * pieceBytes]).toBe(piece)
    await released.promise
  })

  it('is made as its client reads, and released when the client gives up', async () => {
    const made = { count: 0 }
    const released = deferred()
    const connection = await start(
      async () => new LongAnswer(10_000 * pieceBytes, pieces(10_000, made), released.resolve),
    )
    const started = deferred()
    const controller = new AbortController()
    const reader = connection.stream(
      method,
      { onMessage: () => {}, onEnd: () => {}, onHeaders: () => started.resolve() },
      {
        signal: controller.signal,
      },
    )
    reader.send(Buffer.alloc(0))
    reader.closeSend()
    reader.pause()
    await started.promise
    await expect.poll(() => made.count).toBeGreaterThan(0)
    controller.abort()
    await released.promise
    expect(made.count).toBeLessThan(10_000)
  })

  it('that fails in its middle fails the call', async () => {
    const connection = await start(async () => {
      const broken = (async function* () {
        yield Buffer.alloc(pieceBytes)
        throw new RpcError(StatusCode.UNAVAILABLE, 'closing')
      })()
      return new LongAnswer(3 * pieceBytes, broken)
    })
    await expect(connection.unary(method, Buffer.alloc(0))).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE })
  })

  it('that no client takes is refused, and released', async () => {
    const released = deferred()
    const connection = await start(async () => new LongAnswer(2 ** 31, pieces(1, { count: 0 }), released.resolve))
    await expect(connection.unary(method, Buffer.alloc(0))).rejects.toMatchObject({
      code: StatusCode.RESOURCE_EXHAUSTED,
    })
    await released.promise
  })
})
