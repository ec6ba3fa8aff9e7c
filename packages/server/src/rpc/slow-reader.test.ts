import { KV, PutRequest, Watch, WatchCreateRequest, WatchRequest, type WatchResponse } from '@waypost/protocol'
import { RpcConnection } from '@waypost/rpc'
import { afterEach, expect, it } from 'vitest'
import { EmbeddedServer } from '../server.ts'

const cleanups: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const key = Buffer.from('key')

it('a client that stops reading holds up nobody, and misses nothing once it reads again', async () => {
  const server = await EmbeddedServer.start({ port: 0, memory: true })
  cleanups.push(() => server.close({ graceMs: 0 }))
  const connections = [0, 1, 2].map(() => new RpcConnection(server.url))
  for (const connection of connections) cleanups.push(() => connection.close())
  const [slowConnection, quickConnection, writer] = connections as [RpcConnection, RpcConnection, RpcConnection]

  const slow = await watch(slowConnection)
  const quick = await watch(quickConnection)
  slow.stream.pause()
  const puts = 300
  for (let count = 0; count < puts; count++) {
    await writer.unary(KV.put, PutRequest.create({ key, value: Buffer.alloc(100_000, 'x') }))
  }
  expect(await quick.received(puts)).toHaveLength(puts)
  expect(slow.events.length).toBeLessThan(puts)

  slow.stream.resume()
  expect(await slow.received(puts)).toEqual(Array.from({ length: puts }, (_, index) => BigInt(index + 2)))
})

async function watch(connection: RpcConnection) {
  const events: (bigint | undefined)[] = []
  let onChange = (): void => {}
  let isCreated = false
  const stream = connection.stream(Watch.watch, {
    onMessage(response: WatchResponse) {
      isCreated ||= response.created
      for (const { kv } of response.events) events.push(kv?.modRevision)
      onChange()
    },
    onEnd: () => onChange(),
  })
  cleanups.push(async () => stream.cancel())
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      onChange = () => {
        if (condition()) resolve()
      }
      onChange()
    })
  stream.send(WatchRequest.create({ createRequest: WatchCreateRequest.create({ key }) }))
  await until(() => isCreated)
  return {
    stream,
    events,
    async received(count: number) {
      await until(() => events.length >= count)
      return events
    },
  }
}
