import { once } from 'node:events'
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  constants,
  createServer as createHttp2Server,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { connect as connectTcp } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { ClientSession } from './client-session.ts'
import { encodeHeaders } from './header-block.ts'
import type { HeaderList } from './header-list.ts'
import type { Http2Options } from './limits.ts'
import { Loopback } from './raw-peer.test-support.ts'
import { okHeaders, okTrailers, Recorder, requestBlock } from './recorder.test-support.ts'
import { ServerSession } from './server-session.ts'
import type { Http2Stream } from './stream.ts'

const nodes: (Http2Server | ClientHttp2Session)[] = []
let loopback = new Loopback()
afterEach(async () => {
  await loopback.close()
  for (const each of nodes.splice(0)) {
    if (!('destroyed' in each && each.destroyed)) await new Promise<void>((resolve) => each.close(() => resolve()))
  }
  loopback = new Loopback()
})

type Answer = (stream: Http2Stream, recorder: Recorder, headers: HeaderList) => void

/** Our server, which calls `answer` when a request is complete; and node's client. */
async function nodeToOurs(
  answer: Answer,
  options: Http2Options = {},
  settings: { initialWindowSize?: number; headerTableSize?: number } = {},
): Promise<{ client: ClientHttp2Session; session: () => ServerSession }> {
  let session: ServerSession | undefined
  const port = await loopback.listen((socket) => {
    session = new ServerSession(
      socket,
      {
        onStream(stream, headers, endStream) {
          const recorder = new Recorder()
          stream.handler = recorder
          if (endStream) answer(stream, recorder, headers)
          else recorder.onEndStream = () => answer(stream, recorder, headers)
        },
        onClose() {},
      },
      options,
    )
  })
  const client = connectHttp2(`http://127.0.0.1:${port}`, { settings })
  nodes.push(client)
  await once(client, 'remoteSettings')
  return {
    client,
    session: () => {
      if (session === undefined) throw new Error('There is no session.')
      return session
    },
  }
}

interface NodeAnswer {
  readonly headers: IncomingHttpHeaders
  readonly trailers: IncomingHttpHeaders
  readonly content: string
}

async function ask(
  client: ClientHttp2Session,
  headers: Record<string, string | string[]>,
  content: Buffer | string = '',
): Promise<NodeAnswer> {
  const stream = client.request({ ':method': 'POST', ':path': '/', ...headers })
  const answer: { headers: IncomingHttpHeaders; trailers: IncomingHttpHeaders } = { headers: {}, trailers: {} }
  stream.on('response', (received) => {
    answer.headers = received
  })
  stream.on('trailers', (received) => {
    answer.trailers = received
  })
  stream.end(content)
  return { content: await text(stream), ...answer }
}

const echo: Answer = (stream, recorder) => stream.respond(okHeaders, recorder.content, okTrailers)

describe("node's client and our server", () => {
  it('should exchange a message, headers and trailers', async () => {
    const { client } = await nodeToOurs((stream, recorder, headers) => {
      const block = encodeHeaders([
        [':status', '200'],
        ['x-path', headers.fields[':path'] ?? ''],
        ['x-long', 'y'.repeat(30_000)],
      ])
      stream.respond(
        block,
        recorder.content,
        encodeHeaders([
          ['grpc-status', '0'],
          ['grpc-message', ''],
        ]),
      )
    })
    const answer = await ask(client, { ':path': '/some/path' }, 'hello')
    expect(answer).toMatchObject({
      headers: { ':status': 200, 'x-path': '/some/path' },
      trailers: { 'grpc-status': '0', 'grpc-message': '' },
      content: 'hello',
    })
    expect(answer.headers['x-long']).toHaveLength(30_000)
  })

  it('should read every byte that a header can carry, in Huffman code', async () => {
    const seen: (string | undefined)[] = []
    const { client } = await nodeToOurs((stream, _recorder, headers) => {
      seen.push(headers.fields['x-byte'])
      stream.sendHeaders(okHeaders, true)
    })
    const sent: string[] = []
    for (let byte = 0x20; byte <= 0xff; byte += 1) {
      if (byte === 0x7f) continue
      // Short codes around it, so that Huffman code pays.
      sent.push(`${'a'.repeat(60)}${String.fromCharCode(byte)}${'e'.repeat(60)}`)
    }
    for (const value of sent) await ask(client, { 'x-byte': value })
    expect(seen).toEqual(sent)
  })

  it('should keep up with a header table that changes', async () => {
    const seen: string[] = []
    const { client } = await nodeToOurs((stream, _recorder, headers) => {
      seen.push(`${headers.fields['x-number']} ${headers.fields['x-fixed']}`)
      stream.sendHeaders(okHeaders, true)
    })
    const expected: string[] = []
    for (let number = 0; number < 300; number += 1) {
      await ask(client, { 'x-number': String(number % 7), 'x-fixed': `value ${number % 50}`.repeat(3) })
      expected.push(`${number % 7} ${`value ${number % 50}`.repeat(3)}`)
    }
    expect(seen).toEqual(expected)
  })

  it.each([0, 100, 4096])('should serve a client whose header table has %i bytes', async (headerTableSize) => {
    const { client } = await nodeToOurs(echo, {}, { headerTableSize })
    for (let round = 0; round < 3; round += 1) {
      expect(await ask(client, {}, 'x')).toMatchObject({ content: 'x', trailers: { 'grpc-status': '0' } })
    }
  })

  it('should carry large bodies both ways through small windows', async () => {
    const { client } = await nodeToOurs(
      echo,
      { streamWindowBytes: 20_000, connectionWindowBytes: 65_535, maxFrameBytes: 16_384 },
      { initialWindowSize: 10_000 },
    )
    const content = Buffer.alloc(3_000_000, 'abcdefghij').toString()
    const answers = await Promise.all([1, 2, 3].map(() => ask(client, {}, content)))
    for (const answer of answers) {
      expect(answer.content === content).toBe(true)
      expect(answer.trailers['grpc-status']).toBe('0')
    }
  })

  it('should run many streams at a time', async () => {
    const { client, session } = await nodeToOurs(echo)
    const answers = await Promise.all(Array.from({ length: 2000 }, (_, index) => ask(client, {}, `message ${index}`)))
    expect(answers.map((each) => each.content)).toEqual(answers.map((_, index) => `message ${index}`))
    expect(session().openStreams).toBe(0)
  })

  it('should follow a window that changes while data flows', async () => {
    const { client } = await nodeToOurs(echo, {}, { initialWindowSize: 1000 })
    const content = 'x'.repeat(500_000)
    const answer = ask(client, {}, content)
    for (const initialWindowSize of [5000, 100, 50_000, 0, 70_000]) {
      await new Promise<void>((resolve) => client.settings({ initialWindowSize }, () => resolve()))
    }
    expect((await answer).content).toHaveLength(content.length)
  })

  it('should say goodbye and finish what runs', async () => {
    let finish: () => void = () => {}
    const { client, session } = await nodeToOurs((stream, recorder) => {
      finish = () => stream.respond(okHeaders, recorder.content, okTrailers)
      session().close()
    })
    const goaway = once(client, 'goaway')
    const answer = ask(client, {}, 'last')
    expect((await goaway).slice(0, 2)).toEqual([constants.NGHTTP2_NO_ERROR, 1])
    finish()
    expect((await answer).content).toBe('last')
    await once(client, 'close')
  })

  it('should hear of a cancelled stream', async () => {
    let recorder: Recorder | undefined
    const { client } = await nodeToOurs((_stream, each) => {
      recorder = each
      stream.close(constants.NGHTTP2_CANCEL)
    })
    const stream = client.request({ ':method': 'POST', ':path': '/' })
    stream.on('error', () => {})
    stream.end('x')
    await once(stream, 'close')
    await new Promise<void>((resolve) => client.ping(() => resolve()))
    expect(await recorder?.ended).toEqual({ code: constants.NGHTTP2_CANCEL, end: 'peer' })
  })

  it('should answer pings, and ask', async () => {
    const { client, session } = await nodeToOurs(echo)
    const payload = Buffer.from('abcdefgh')
    const answered = await new Promise((resolve) => client.ping(payload, (_error, _ms, echoed) => resolve(echoed)))
    expect(answered).toEqual(payload)
    expect(await new Promise((resolve) => session().ping(resolve))).toBeUndefined()
  })
})

/** Node's server and our client. */
async function oursToNode(
  onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  options: Http2Options = {},
  settings: { initialWindowSize?: number; maxConcurrentStreams?: number; maxFrameSize?: number } = {},
): Promise<{ session: ClientSession; server: Http2Server; closed: Promise<unknown> }> {
  const server = createHttp2Server({ settings })
  server.on('stream', onStream)
  nodes.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('There is no port.')
  const socket = connectTcp({ port: address.port, host: '127.0.0.1' })
  let onReady: () => void = () => {}
  const ready = new Promise<void>((resolve) => {
    onReady = resolve
  })
  let onClose: (reason: unknown) => void = () => {}
  const closed = new Promise<unknown>((resolve) => {
    onClose = resolve
  })
  const session = new ClientSession(socket, { onReady, onGoaway() {}, onClose }, options)
  await ready
  return { session, server, closed }
}

function send(session: ClientSession, content: string, path = '/'): Recorder {
  const recorder = new Recorder()
  recorder.stream = session.request(requestBlock(path), false, recorder)
  recorder.stream?.sendData(Buffer.from(content), true)
  return recorder
}

const nodeEcho = (stream: ServerHttp2Stream): void => {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.pipe(stream)
}

describe("our client and node's server", () => {
  it('should exchange messages, headers and trailers', async () => {
    const { session, closed } = await oursToNode(nodeEcho)
    for (let round = 0; round < 3; round += 1) {
      const recorder = send(session, 'hello')
      expect(await recorder.ended).toEqual({ code: 0, end: 'done' })
      expect(recorder.content.toString()).toBe('hello')
      expect(recorder.headers).toMatchObject([{ ':status': '200' }, { 'grpc-status': '0' }])
    }
    session.close()
    expect(await closed).toBeUndefined()
  })

  it('should carry large bodies both ways through small windows', async () => {
    const { session } = await oursToNode(
      nodeEcho,
      { streamWindowBytes: 20_000, connectionWindowBytes: 65_535 },
      { initialWindowSize: 10_000 },
    )
    const content = 'abcdefghij'.repeat(300_000)
    const recorders = [1, 2, 3].map(() => send(session, content))
    for (const recorder of recorders) {
      expect(await recorder.ended).toEqual({ code: 0, end: 'done' })
      expect(recorder.content.toString() === content).toBe(true)
    }
    session.destroy()
  })

  it('should feel the pressure of a slow reader', async () => {
    const { session } = await oursToNode((stream) => stream.pause(), { streamHighWaterBytes: 100_000 })
    const recorder = new Recorder()
    const stream = session.request(requestBlock(), false, recorder)
    const chunk = Buffer.alloc(50_000)
    let sent = 0
    while (stream?.sendData(chunk, false)) sent += chunk.length
    expect(sent).toBeLessThan(300_000)
    expect(stream?.bufferedBytes).toBeGreaterThanOrEqual(100_000)
    session.destroy()
  })

  it('should make no more streams than the server allows, and run all', async () => {
    let running = 0
    let most = 0
    const { session } = await oursToNode(
      (stream) => {
        running += 1
        most = Math.max(most, running)
        stream.on('close', () => {
          running -= 1
        })
        setImmediate(() => nodeEcho(stream))
      },
      {},
      { maxConcurrentStreams: 5 },
    )
    const recorders = Array.from({ length: 200 }, (_, index) => send(session, String(index)))
    for (const [index, recorder] of recorders.entries()) {
      expect(await recorder.ended).toEqual({ code: 0, end: 'done' })
      expect(recorder.content.toString()).toBe(String(index))
    }
    expect(most).toBeLessThanOrEqual(5)
    session.destroy()
  })

  it('should learn from GOAWAY what was not looked at', async () => {
    const { session, closed } = await oursToNode((stream) => {
      stream.on('error', () => {})
      if (stream.id === 3) stream.session?.goaway(constants.NGHTTP2_NO_ERROR, 1)
    })
    const [first, second] = [send(session, 'a'), send(session, 'b')]
    expect(await second.ended).toEqual({ code: constants.NGHTTP2_REFUSED_STREAM, end: 'goaway' })
    expect(first.closes).toBe(0)
    expect(session.isAvailable).toBe(false)
    first.stream?.reset()
    expect(await closed).toMatchObject({ byPeer: true })
  })

  it('should read many headers', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`x-${index}`, `value ${index}`.repeat(9)]),
    )
    const { session } = await oursToNode((stream) => {
      stream.respond({ ':status': 200, ...many })
      stream.end('x')
    })
    for (let round = 0; round < 3; round += 1) {
      const recorder = send(session, '')
      expect(await recorder.ended).toEqual({ code: 0, end: 'done' })
      expect(recorder.headers[0]).toMatchObject(many)
    }
    session.destroy()
  })
})

describe('our client and our server', () => {
  it('should carry everything at once', async () => {
    const port = await loopback.listen((socket) => {
      new ServerSession(
        socket,
        {
          onStream(stream) {
            const recorder = new Recorder()
            stream.handler = recorder
            stream.sendHeaders(okHeaders, false)
            recorder.onChunk = (chunk) => stream.sendData(Buffer.from(chunk), false)
            recorder.onEndStream = () => stream.sendTrailers(okTrailers)
          },
          onClose() {},
        },
        { streamWindowBytes: 70_000, connectionWindowBytes: 200_000 },
      )
    })
    const socket = await loopback.connect(port)
    const session = new ClientSession(
      socket,
      { onReady() {}, onGoaway() {}, onClose() {} },
      { streamWindowBytes: 50_000, connectionWindowBytes: 100_000 },
    )
    const contents = Array.from({ length: 60 }, (_, index) => String.fromCharCode(65 + (index % 26)).repeat(index ** 3))
    const recorders = contents.map((content) => send(session, content))
    for (const [index, recorder] of recorders.entries()) {
      expect(await recorder.ended).toEqual({ code: 0, end: 'done' })
      expect(recorder.content.toString() === contents[index]).toBe(true)
    }
    expect(session.openStreams).toBe(0)
  })
})
