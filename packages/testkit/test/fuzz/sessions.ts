import type { Dice } from './dice.ts'
import {
  callFields,
  endHeaders,
  endStream,
  type Field,
  frame,
  frameTypes,
  grpcMessage,
  headerBlock,
  opening,
  preface,
  uint32,
} from './frames.ts'
import { mutate, strange } from './mutate.ts'
import { request, type Target, targets } from './requests.ts'

/** What one connection sends. */
export interface Session {
  readonly bytes: Buffer
  /** Streams whose requests are whole and well framed, so each must end, whatever the answer is. */
  readonly answered: readonly number[]
  /** Messages, or frames where it is frames that are strange. */
  readonly count: number
  /** Cut off without waiting for answers. */
  readonly isAbrupt: boolean
}

export type SessionKind = keyof typeof makers

const callsPerSession = 200
const framesPerSession = 40

const [firstTarget, ...otherTargets] = targets

function anyTarget(dice: Dice): Target {
  if (!firstTarget) throw new Error('There are no methods.')
  return dice.pick([firstTarget, ...otherTargets])
}

function headers(id: number, fields: readonly Field[], flags = endHeaders): Buffer {
  return frame(frameTypes.headers, flags, id, headerBlock(fields))
}

function data(id: number, bytes: Uint8Array, flags = endStream): Buffer {
  return frame(frameTypes.data, flags, id, bytes)
}

/** Calls of every method, well framed, whose messages are not what they should be. */
function messages(dice: Dice): Session {
  const frames: Buffer[] = [opening]
  const answered: number[] = []
  let count = 0
  for (let call = 0; call < callsPerSession; call++) {
    const id = 2 * call + 1
    const [target, body] = dice.chance(0.7)
      ? request(dice)
      : ([anyTarget(dice), dice.chance(0.5) ? strange(dice) : request(dice)[1]] as const)
    frames.push(headers(id, callFields(target.path)))
    for (let left = target.isAnswered ? 0 : dice.int(4); left > 0; left--, count++)
      frames.push(data(id, grpcMessage(mutate(dice, body)), 0))
    frames.push(data(id, grpcMessage(mutate(dice, body))))
    count += 1
    if (target.isAnswered) answered.push(id)
    else if (dice.chance(0.5)) frames.push(frame(frameTypes.rstStream, 0, id, uint32(8)))
  }
  return { bytes: Buffer.concat(frames), answered, count, isAbrupt: dice.chance(0.1) }
}

/** Calls whose messages say wrongly how long they are, or that they are compressed, or come in any pieces. */
function prefixes(dice: Dice): Session {
  const frames: Buffer[] = [opening]
  const answered: number[] = []
  for (let call = 0; call < callsPerSession; call++) {
    const id = 2 * call + 1
    const [target, body] = request(dice)
    const flag = dice.pick([0, 0, 0, 1, 2, 255])
    const length = dice.pick([body.length, body.length + 1, 0, 1, 2_097_152, 2_097_153, 0x7fff_ffff, 0xffff_ffff])
    const lie = Buffer.concat([grpcMessage(body, flag, length), dice.chance(0.2) ? grpcMessage(body) : Buffer.alloc(0)])
    const encoding: Field[] = dice.chance(0.3) ? [['grpc-encoding', dice.pick(['gzip', 'identity', 'snappy', ''])]] : []
    frames.push(headers(id, [...callFields(target.path), ...encoding]))
    for (let at = 0; at < lie.length; ) {
      const size = 1 + dice.int(lie.length)
      frames.push(data(id, lie.subarray(at, at + size), 0))
      at += size
    }
    if (dice.chance(0.8)) {
      frames.push(data(id, Buffer.alloc(0)))
      if (target.isAnswered) answered.push(id)
    }
  }
  return { bytes: Buffer.concat(frames), answered, count: callsPerSession, isAbrupt: dice.chance(0.1) }
}

const oddFields: readonly [Field, ...Field[]] = [
  ['grpc-timeout', '1n'],
  ['grpc-timeout', '99999999H'],
  ['grpc-timeout', '-1S'],
  ['grpc-timeout', 'soon'],
  ['token', 'nobody.1'],
  ['authorization', Buffer.from('ff00', 'hex')],
  ['Upper-Case', 'x'],
  ['', 'no name'],
  [':path', '/twice'],
  [':status', '200'],
  ['connection', 'close'],
  ['transfer-encoding', 'chunked'],
  ['content-length', '3'],
  ['content-type', 'text/html'],
  ['some-bin', '***'],
  ['te', 'gzip'],
  ['x', 'y\r\nz'],
  ['big', 'b'.repeat(15_000)],
  [':authority', '#initially=[127.0.0.1]'],
]

/** Calls whose headers are odd, missing, or not in place. */
function headerFields(dice: Dice): Session {
  const frames: Buffer[] = [opening]
  let count = 0
  for (let call = 0; call < framesPerSession; call++, count++) {
    const id = 2 * call + 1
    const [target, body] = request(dice)
    const path = dice.pick([target.path, target.path, '/', '', '/x/y', '//', `${target.path}/`, '/%00', '/v3/kv/range'])
    const fields = callFields(path)
    if (dice.chance(0.2)) fields.splice(dice.int(fields.length), 1)
    if (dice.chance(0.7)) fields.splice(dice.int(fields.length + 1), 0, dice.pick(oddFields))
    if (dice.chance(0.05)) fields.push([':late', 'x'])
    frames.push(headers(id, fields), data(id, grpcMessage(body)))
  }
  return { bytes: Buffer.concat(frames), answered: [], count, isAbrupt: dice.chance(0.2) }
}

/** Frames of any kind on any stream, some of them with bytes turned. */
function frames(dice: Dice): Session {
  const parts: Buffer[] = []
  for (let left = framesPerSession; left > 0; left--) {
    const id = dice.chance(0.8) ? dice.pick([0, 1, 3, 5, 7, 9, 2]) : dice.int(2 ** 32)
    const flags = dice.pick([0, 1, 4, 5, 8, 9, 0x0d, 0x20, 0x25, dice.int(256)])
    const [{ path }, body] = request(dice)
    const payload = dice.pick([
      headerBlock(callFields(path)),
      headerBlock(callFields(path)),
      grpcMessage(body),
      grpcMessage(body),
      uint32(dice.pick([0, 1, 8, 65_535, 2 ** 31 - 1, 2 ** 32 - 1])),
      dice.bytes(8),
      dice.bytes(100),
    ])
    // Headers and data more often than others: only they get far.
    parts.push(frame(dice.pick([0, 0, 1, 1, 1, dice.int(10), dice.int(256)]), flags, id, payload))
  }
  const bytes = Buffer.concat(parts)
  for (let flips = dice.chance(0.4) ? dice.int(4) : 0; flips > 0; flips--) bytes[dice.int(bytes.length)] = dice.int(256)
  const cut = dice.chance(0.2) ? dice.int(bytes.length) : bytes.length
  return {
    bytes: Buffer.concat([opening, bytes.subarray(0, cut)]),
    answered: [],
    count: framesPerSession,
    isAbrupt: dice.chance(0.2),
  }
}

/** What strangers who look for something else send. */
function garbage(dice: Dice): Session {
  const bytes = dice.pick([
    dice.bytes(300),
    preface.subarray(0, dice.int(preface.length)),
    Buffer.concat([preface, dice.bytes(300)]),
    Buffer.from('GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab', 'latin1'),
    Buffer.from(
      `POST /v3/kv/range HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${dice.int(99)}\r\n{"k`,
      'latin1',
    ),
    Buffer.concat([Buffer.from('160301020001', 'hex'), dice.bytes(300)]),
    Buffer.concat([Buffer.from('GET /'), dice.bytes(100), Buffer.from('\r\n\r\n')]),
  ])
  return { bytes: Buffer.from(bytes), answered: [], count: 1, isAbrupt: true }
}

const makers = { messages, prefixes, headerFields, frames, garbage }

/** In the proportion in which they are sent. */
const kinds: readonly [SessionKind, ...SessionKind[]] = [
  'messages',
  'messages',
  'messages',
  'messages',
  'prefixes',
  'prefixes',
  'headerFields',
  'frames',
  'frames',
  'garbage',
]

/** What the connection of this seed sends. */
export function session(dice: Dice): Session {
  return makers[dice.pick(kinds)](dice)
}
