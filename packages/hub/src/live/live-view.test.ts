import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import { FakeClock } from '@waypost/core/testing'
import { until } from '@waypost/testkit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LiveChange, LiveSource } from '../operation/live-source.ts'
import { LiveView } from './live-view.ts'
import { SseReader } from './sse-reader.ts'

/** A state that a test changes. */
class GivenSource implements LiveSource {
  revision = 1n
  readonly staleSince = undefined
  #listener: ((change: LiveChange | 'stale') => void) | undefined

  read(): object {
    return { value: 'begin' }
  }

  onChange(listener: (change: LiveChange | 'stale') => void): () => void {
    this.#listener = listener
    return () => {
      this.#listener = undefined
    }
  }

  change(data: unknown): void {
    this.revision += 1n
    this.#listener?.({ revision: this.revision, data })
  }

  /** As when the loss of an instance is believed some time after its record went. */
  changeLater(data: unknown): void {
    this.#listener?.({ revision: this.revision, data })
  }

  async close(): Promise<void> {}
}

let clock: FakeClock
let source: GivenSource
let view: LiveView
let server: Server
let slow: number
let readers: SseReader[]

beforeEach(async () => {
  clock = new FakeClock()
  source = new GivenSource()
  view = new LiveView(source, clock)
  slow = 0
  readers = []
  server = createServer((request, response) => {
    response.setHeader('content-type', 'text/event-stream')
    response.flushHeaders()
    const reader = new SseReader(response, () => {
      slow += 1
    })
    readers.push(reader)
    response.once('close', () => view.leave(reader))
    const since = request.headers['last-event-id']
    void view.join(reader, since === undefined ? undefined : BigInt(String(since)), AbortSignal.timeout(30_000))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(async () => {
  await view.close()
  server.closeAllConnections()
  server.close()
})

async function connect(since?: string): Promise<IncomingMessage> {
  const address = server.address()
  const headers = since === undefined ? {} : { 'last-event-id': since }
  const request = get({ port: typeof address === 'object' ? address?.port : 0, agent: false, headers })
  request.on('error', () => {})
  const [response]: IncomingMessage[] = await once(request, 'response')
  if (response === undefined) throw new Error('No answer came.')
  response.on('error', () => {})
  return response
}

it('sends a sign of life every 15 seconds, in which nothing has to happen', async () => {
  const response = await connect()
  let text = ''
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  await until('the state is there', () => text.includes('event: snapshot'))
  const signs = () => text.split(': heartbeat\n\n').length - 1
  await clock.advance(14_999)
  expect(signs()).toBe(0)
  await clock.advance(1)
  await until('a sign of life', () => signs() === 1)
  await clock.advance(15_000)
  await until('another one', () => signs() === 2)
  response.destroy()
  await until('it has left', () => view.readers === 0)
})

it('tells what comes later under a revision that readers have seen, also to those who come back', async () => {
  const texts: string[] = []
  const read = async (since?: string): Promise<void> => {
    const at = texts.push('') - 1
    const response = await connect(since)
    response.setEncoding('utf8').on('data', (chunk: string) => {
      texts[at] += chunk
    })
  }
  source.change('one')
  await read()
  await until('the state is there', () => texts[0]?.includes('event: snapshot') ?? false)
  source.changeLater('two')
  await until('it is told', () => texts[0]?.includes('"two"') ?? false)
  // The first of them has not had to see it before it was cut off.
  await read('2')
  await until('it is told again', () => texts[1]?.includes('"two"') ?? false)
  source.change('three')
  await until('all go on', () => texts.every((text) => text.includes('"three"')))
  expect(texts.map((text) => [...text.matchAll(/^data: "(\w+)"$/gm)].map(([, word]) => word))).toEqual([
    ['two', 'three'],
    ['two', 'three'],
  ])
})

it('cuts a reader off that does not keep up, and no other one', async () => {
  const [stuck, quick] = [await connect(), await connect()]
  stuck.pause()
  let bytes = 0
  quick.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  await until('both read', () => view.readers === 2)
  const text = 'x'.repeat(64 * 1024)
  let sent = 0
  // What the kernel takes for a reader that sleeps differs; beyond that, the hub keeps a bounded part of it.
  while (slow === 0 && sent < 1_000) {
    source.change({ text })
    sent += 1
    await until('the quick one has it', () => bytes >= sent * text.length)
  }
  expect(slow).toBe(1)
  expect(readers.map(({ isOpen }) => isOpen)).toEqual([false, true])
  await until('it is let go', () => view.readers === 1)
  source.change({ text: 'still here' })
  await until('the quick one goes on', () => bytes > sent * text.length)
})
