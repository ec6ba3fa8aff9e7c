import { expect, it } from 'vitest'
import { BodyReader } from '../../http1/body-reader.ts'
import { HeadReader } from '../../http1/head-reader.ts'
import {
  hasSameBody,
  hasSameHead,
  mutate,
  readByNode,
  seeded,
  type Understood,
} from '../../http1/node-parser.test-support.ts'
import { readResponseHead } from './response-head.ts'

const rounds = process.env.WAYPOST_LONG === '1' ? 1_000_000 : 2_000

const responses = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: x\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;n=v\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n',
  'HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n',
  'HTTP/1.0 200 OK\r\nX: 1\r\n\r\nuntil the end',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 304\r\nContent-Length: 5\r\n\r\n',
]

function readByOurs(bytes: Buffer): readonly Understood[] {
  const messages: Understood[] = []
  const reader = new HeadReader(1_000_000)
  for (let at = 0; at < bytes.length; ) {
    const text = reader.read(bytes, at)
    const head = text === undefined ? undefined : readResponseHead(text, 'GET')
    if (head === undefined || head.status === 101) return messages
    const message: Understood = {
      start: String(head.status),
      headers: head.headers,
      body: '',
      trailers: [],
      isWhole: false,
    }
    messages.push(message)
    const body = new BodyReader()
    body.start(head.length, {
      bodyData: (chunk) => {
        message.body += chunk.toString('latin1')
      },
      bodyEnded: (trailers) => {
        message.trailers = trailers
        message.isWhole = true
      },
    })
    at = body.read(bytes, reader.next)
    if (at === -1) return messages
    body.close()
    // More than the first answer is never read: the connection is closed.
    if (head.status >= 200) return messages
  }
  return messages
}

it("reads no answer that Node's strict parser refuses, and none with another meaning", () => {
  const random = seeded(20_261_202)
  let accepted = 0
  for (let round = 0; round < rounds; round++) {
    const text = mutate(responses[round % responses.length] ?? '', random)
    const bytes = Buffer.from(text, 'latin1')
    const nodes = readByNode('response', bytes)
    for (const [index, message] of readByOurs(bytes).entries()) {
      const same = nodes[index]
      const fits = same && hasSameHead(message, same) && (!message.isWhole || hasSameBody(message, same))
      if (!fits) expect(same, JSON.stringify(text)).toEqual(message)
      if (message.isWhole) accepted += 1
    }
  }
  expect(accepted).toBeGreaterThan(rounds / 4)
})
