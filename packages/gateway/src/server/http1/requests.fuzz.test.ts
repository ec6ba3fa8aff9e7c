import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { framingOf } from '../../http1/framing.ts'
import {
  hasSameBody,
  hasSameHead,
  mutate,
  readByNode,
  seeded,
  type Understood,
} from '../../http1/node-parser.test-support.ts'
import type { ClientConnection } from '../client-connection.ts'
import { Http1Connection } from './connection.ts'

const rounds = process.env.WAYPOST_LONG === '1' ? 1_000_000 : 2_000
const client: ClientConnection = { remoteAddress: '', isEncrypted: false, isTrusted: false, certificate: undefined }

const requests = [
  'GET /a?b=1 HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n',
  'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
  'PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;n=v\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi',
  'OPTIONS * HTTP/1.1\r\nhost:a\r\nX:\r\nx: \t a b \t\r\n\r\n',
  'GET http://a/b HTTP/1.1\r\nHost: a\r\nCookie: a=1; b=2\r\n\r\n',
  'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
]

/** What a connection reads when every request is answered as soon as it is whole. */
function readByOurs(chunks: readonly Buffer[]): readonly Understood[] {
  const messages: Understood[] = []
  const socket = new Socket()
  // Nothing is sent: it is of no interest.
  socket.write = () => true
  const connection: Http1Connection = new Http1Connection(
    {
      settings: { maxHeaderBytes: 1_000_000, headersTimeoutMs: 1_000, keepAliveMs: 1_000 },
      keepAliveLines: '',
      now: () => 0,
      closed: () => {},
      refused: () => '',
      unread: () => {},
      upgrade: (_client, { method, target, rawHeaders }) =>
        messages.push({ start: `${method} ${target}`, headers: rawHeaders, body: '', trailers: [], isWhole: true }),
      begin: (downstream) => {
        const { method, target, rawHeaders, protocol, hasBody } = downstream
        const message: Understood = {
          start: `${method} ${target}`,
          headers: rawHeaders,
          body: '',
          trailers: [],
          isWhole: !hasBody,
        }
        messages.push(message)
        const { closes, keepsAlive } = framingOf(rawHeaders)
        const mayFollow = !closes && (protocol === '1.1' || keepsAlive)
        if (!hasBody) connection.answered(mayFollow)
        else {
          downstream.readBody({
            bodyData: (chunk) => {
              message.body += chunk.toString('latin1')
              return true
            },
            bodyEnded: (trailers) => {
              message.trailers = trailers
              message.isWhole = true
              connection.answered(mayFollow)
            },
          })
        }
      },
    },
    client,
    socket,
  )
  connection.start()
  for (const chunk of chunks) {
    // Bytes are lent: what is kept of them has to be a copy.
    const lent = Buffer.from(chunk)
    socket.emit('data', lent)
    lent.fill(0)
  }
  socket.destroy()
  return messages
}

/** After it, Node expects another protocol, so that nothing more can be compared. */
function switches({ start, headers }: Understood): boolean {
  return start.startsWith('CONNECT ') || headers.some((name, index) => index % 2 === 0 && /^upgrade$/i.test(name))
}

it(`reads no request that Node's strict parser refuses, and none with another meaning`, () => {
  const random = seeded(20_261_201)
  let accepted = 0
  for (let round = 0; round < rounds; round++) {
    const first = requests[round % requests.length] ?? ''
    const second = requests[Math.floor(random() * requests.length)] ?? ''
    const text = mutate(first, random) + second
    const bytes = Buffer.from(text, 'latin1')
    const cut = Math.floor(random() * bytes.length)
    const ours = readByOurs(random() < 0.5 ? [bytes] : [bytes.subarray(0, cut), bytes.subarray(cut)])
    const nodes = readByNode('request', bytes)
    for (const [index, message] of ours.entries()) {
      const same = nodes[index]
      const isWhole = message.isWhole && !switches(message)
      const fits = same !== undefined && hasSameHead(message, same) && (!isWhole || hasSameBody(message, same))
      if (!fits) expect(same, JSON.stringify(text)).toEqual(message)
      if (switches(message)) break
      if (isWhole) accepted += 1
    }
  }
  // It is no comparison when next to nothing is accepted.
  expect(accepted).toBeGreaterThan(rounds / 5)
})
