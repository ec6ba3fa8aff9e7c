import { createRequire } from 'node:module'

/** A message as a parser understood it. */
export interface Understood {
  /** Method and target, or the status. */
  readonly start: string
  readonly headers: readonly string[]
  body: string
  trailers: readonly string[]
  isWhole: boolean
}

/** Node's own parser, llhttp, in its strict form: what the tests compare with. */
interface NodeParser {
  initialize(kind: number, resource: object, maxHeaderBytes: number, leniency: number): void
  execute(bytes: Buffer): number | Error
  finish(): Error | undefined
  [callback: number]: (...values: never[]) => unknown
}

interface NodeParserClass {
  new (): NodeParser
  readonly REQUEST: number
  readonly RESPONSE: number
  readonly kOnHeaders: number
  readonly kOnHeadersComplete: number
  readonly kOnBody: number
  readonly kOnMessageComplete: number
}

const common: { HTTPParser: NodeParserClass; methods: readonly string[] } = createRequire(import.meta.url)(
  'node:_http_common',
)
const { HTTPParser, methods } = common

/** What Node reads, message by message, until one is refused or the bytes end. */
export function readByNode(kind: 'request' | 'response', bytes: Buffer): readonly Understood[] {
  const messages: Understood[] = []
  let early: string[] = []
  let current: Understood | undefined
  const parser = new HTTPParser()
  parser.initialize(kind === 'request' ? HTTPParser.REQUEST : HTTPParser.RESPONSE, {}, 1_000_000, 0)
  let earlyTarget = ''
  parser[HTTPParser.kOnHeaders] = (headers: string[], target: string) => {
    if (current) current.trailers = [...current.trailers, ...headers]
    else {
      early = [...early, ...headers]
      earlyTarget += target
    }
  }
  parser[HTTPParser.kOnHeadersComplete] = (
    _major: number,
    _minor: number,
    headers: string[] | undefined,
    method: number,
    target: string | undefined,
    status: number,
  ) => {
    const start = kind === 'request' ? `${methods[method]} ${target ?? earlyTarget}` : String(status)
    current = { start, headers: [...early, ...(headers ?? [])], body: '', trailers: [], isWhole: false }
    early = []
    earlyTarget = ''
    messages.push(current)
    return 0
  }
  parser[HTTPParser.kOnBody] = (chunk: Buffer) => {
    if (current) current.body += chunk.toString('latin1')
  }
  parser[HTTPParser.kOnMessageComplete] = () => {
    if (current) current.isWhole = true
    current = undefined
  }
  if (!(parser.execute(bytes) instanceof Error)) parser.finish()
  return messages
}

export function hasSameHead(one: Understood, other: Understood): boolean {
  return one.start === other.start && areSame(one.headers, other.headers)
}

export function hasSameBody(one: Understood, other: Understood): boolean {
  return one.body === other.body && areSame(one.trailers, other.trailers) && one.isWhole === other.isWhole
}

function areSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index])
}

/** Pieces that messages are broken with. */
const pieces = [
  ...[
    '\r\n',
    '\n',
    '\r',
    ' ',
    '\t',
    ':',
    ',',
    ';',
    '\0',
    '\x7f',
    '\x80',
    '\xff',
    '"',
    '=',
    '0',
    '1',
    '+',
    '-',
    '%',
    '#',
  ],
  ...['Content-Length: 3\r\n', 'Content-Length:3', 'Transfer-Encoding: chunked\r\n', 'Transfer-Encoding: identity\r\n'],
  ...[
    'transfer-encoding:\tCHUNKED \r\n',
    'chunked',
    'gzip, ',
    '\r\n\r\n',
    '\r\n ',
    '0\r\n\r\n',
    'Connection: close\r\n',
  ],
  ...['Connection: upgrade\r\nUpgrade: websocket\r\n', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'Host: b\r\n', 'http://a'],
  ...[
    'Expect: 100-continue\r\n',
    'X-A: 1\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    ';a=b',
    ';a="b c"',
    '5\r\nhello\r\n',
  ],
]

/** Breaks a message at one or two places. @param random from 0 to below 1 */
export function mutate(text: string, random: () => number): string {
  const below = (limit: number): number => Math.floor(random() * limit)
  let broken = text
  for (let change = below(2); change >= 0; change--) {
    const at = below(broken.length + 1)
    const length = below(4) === 0 ? below(12) : below(2)
    const kind = below(8)
    const piece = kind === 0 ? '' : kind === 1 ? String.fromCharCode(below(256)) : (pieces[below(pieces.length)] ?? '')
    broken = broken.slice(0, at) + piece + broken.slice(at + length)
  }
  return broken
}

/** Random numbers that are the same each time. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
