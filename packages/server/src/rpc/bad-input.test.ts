import * as protocol from '@waypost/protocol'
import { type Method, RpcConnection, RpcError, StatusCode } from '@waypost/rpc'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EmbeddedServer } from '../server.ts'

const { Auth, Cluster, KV, Lease, Maintenance, Watch } = protocol

const raw = {
  encode: (bytes: Uint8Array, headroom = 0) => Buffer.concat([Buffer.alloc(headroom), bytes]),
  decode: (bytes: Uint8Array) => bytes,
}

const methods = [KV, Lease, Cluster, Maintenance, Auth]
  .flatMap((service): Method<never, unknown>[] => Object.values(service))
  .filter(({ kind, path }) => kind === 'unary' && !path.endsWith('/AuthEnable'))
  .map(({ path, kind }): Method<Uint8Array, Uint8Array> => ({ path, kind, request: raw, response: raw }))

const streams = [Watch.watch, Lease.leaseKeepAlive].map(
  ({ path, kind }): Method<Uint8Array, Uint8Array> => ({ path, kind, request: raw, response: raw }),
)

const defects: unknown[] = []
let server: EmbeddedServer
let connection: RpcConnection

beforeAll(async () => {
  server = await EmbeddedServer.start({
    port: 0,
    memory: true,
    bcryptCost: 4,
    onWarning: (message, error) => defects.push(message, error),
  })
  connection = new RpcConnection(server.url)
})

afterAll(async () => {
  await connection.close()
  await server.close()
})

/** Bytes that are often a message: fields of low numbers with odd values. */
const fields = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 13 }),
      fc.oneof(
        fc.constantFrom<readonly [number, Uint8Array]>(
          [0, Buffer.from([0])],
          [0, Buffer.from([1])],
          [0, Buffer.from([3])],
          [0, Buffer.from('ffffffffffffffffff01', 'hex')],
          [0, Buffer.from('ffffffffffffffff7f', 'hex')],
          [0, Buffer.from('80808080808080808001', 'hex')],
        ),
        fc
          .oneof(
            fc.uint8Array({ maxLength: 8 }),
            fc.constantFrom(Buffer.from('a'), Buffer.from('\0'), Buffer.from([0x0a, 1, 97])),
          )
          .map((bytes): readonly [number, Uint8Array] => [2, Buffer.concat([Buffer.from([bytes.length]), bytes])]),
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => Buffer.concat(parts.flatMap(([number, [type, value]]) => [Buffer.from([number * 8 + type]), value])))

const message = fc.oneof({ weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) }, { weight: 4, arbitrary: fields })

/** Every status is a decent answer but these. */
const indecent: readonly StatusCode[] = [StatusCode.UNAVAILABLE, StatusCode.UNKNOWN]

describe('whatever bytes a client sends', () => {
  it('every unary method answers with a message or a proper status, and goes on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...methods), message, async (method, bytes) => {
        try {
          await connection.unary(method, bytes, { timeoutMs: 10_000 })
        } catch (error) {
          if (!RpcError.is(error)) throw error
          expect(indecent).not.toContain(error.code)
          if (error.code === StatusCode.INTERNAL) expect(error.message).not.toBe('internal error')
        }
      }),
      { numRuns: 3000 },
    )
    expect(defects).toEqual([])
    expect(await connection.unary(Maintenance.status, {})).toHaveProperty('version')
  })

  it('streams go on, or end with a proper status', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...streams), fc.array(message, { maxLength: 10 }), async (method, messages) => {
        const ended = new Promise<RpcError | undefined>((resolve) => {
          const stream = connection.stream(method, { onMessage: () => {}, onEnd: resolve })
          for (const bytes of messages) stream.send(bytes)
          stream.closeSend()
          setImmediate(() => stream.cancel())
        })
        expect(indecent).not.toContain((await ended)?.code)
      }),
      { numRuns: 300 },
    )
    expect(defects).toEqual([])
    expect(await connection.unary(Maintenance.status, {})).toHaveProperty('version')
  })
})
