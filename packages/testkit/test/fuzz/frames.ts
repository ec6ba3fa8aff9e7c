/** Source: RFC 9113, section 6. */
export const frameTypes = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
} as const

export const endStream = 1
export const endHeaders = 4

/** The bytes of a frame, right or wrong. */
export function frame(type: number, flags = 0, streamId = 0, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.alloc(9 + payload.length)
  bytes.writeUIntBE(payload.length, 0, 3)
  bytes[3] = type
  bytes[4] = flags
  bytes.writeUInt32BE(streamId, 5)
  bytes.set(payload, 9)
  return bytes
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

const maxWindow = 2 ** 31 - 1
const initialWindowSize = 4

/** What a client says first; its windows are as large as they can be, so that answers need no updates. */
export const opening = Buffer.concat([
  preface,
  frame(frameTypes.settings, 0, 0, Buffer.concat([Buffer.of(0, initialWindowSize), uint32(maxWindow)])),
  frame(frameTypes.windowUpdate, 0, 0, uint32(maxWindow - 65_535)),
])

export type Field = readonly [name: string, value: string | Uint8Array]

/** Header fields, each spelt out. Source: RFC 7541, section 6.2.2. */
export function headerBlock(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.of(0), string(name), string(value)]))
}

export function callFields(path: string): Field[] {
  return [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', 'localhost'],
    ['te', 'trailers'],
    ['content-type', 'application/grpc'],
  ]
}

/** A gRPC message; its flag and its length may be lies. */
export function grpcMessage(bytes: Uint8Array, flag = 0, length = bytes.length): Buffer {
  return Buffer.concat([Buffer.of(flag), uint32(length), bytes])
}

function string(text: string | Uint8Array): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([length(bytes.length), bytes])
}

/** Source: RFC 7541, section 5.1, with a prefix of seven bits. */
function length(value: number): Buffer {
  if (value < 127) return Buffer.of(value)
  const octets = [127]
  let rest = value - 127
  for (; rest >= 128; rest >>>= 7) octets.push((rest & 127) | 128)
  return Buffer.from([...octets, rest])
}
