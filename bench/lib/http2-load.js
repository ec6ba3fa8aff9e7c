// A load generator for unary gRPC that costs little: one HTTP/2 header block made beforehand, frames counted and not
// decoded. Runs as a process of its own: `node http2-load.js '{"port":…}'`, and prints { seconds, answered, failed }.
// It ends after `requests`, or when `limitSeconds` have passed and all that was asked is answered.
import { connect } from 'node:net'

const spec = JSON.parse(process.argv[2])
const { port, path, connections, inFlight, requests, keys, firstKey = 0, valueBytes = 0, keyRange = false } = spec
const { limitSeconds = 30 } = spec

const headerBlock = Buffer.concat([
  Buffer.from([0x83, 0x86, 0x04, path.length]),
  Buffer.from(path),
  literal(0x01, '127.0.0.1'),
  Buffer.from([0x0f, 0x10]),
  text('application/grpc'),
  Buffer.from([0x00]),
  text('te'),
  text('trailers'),
])

function literal(index, value) {
  return Buffer.concat([Buffer.from([index]), text(value)])
}

function text(value) {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)])
}

function frame(type, flags, streamId, payload) {
  const header = Buffer.alloc(9)
  header.writeUIntBE(payload.length, 0, 3)
  header[3] = type
  header[4] = flags
  header.writeUInt32BE(streamId, 5)
  return Buffer.concat([header, payload])
}

const keyDigits = 10
const keyPrefix = 'bench/'

/** The whole request as bytes, with the places that change from one to the next. */
function requestTemplate() {
  const key = Buffer.from(keyPrefix + '0'.repeat(keyDigits))
  const fields = [Buffer.from([0x0a, key.length]), key]
  if (valueBytes > 0)
    fields.push(Buffer.concat([Buffer.from([0x12]), varint(valueBytes), Buffer.alloc(valueBytes, 'v')]))
  if (keyRange)
    fields.push(
      Buffer.concat([Buffer.from([0x12, 6]), Buffer.from('bench0')]),
      Buffer.concat([Buffer.from([0x18]), varint(keyRange)]),
    )
  const message = Buffer.concat(fields)
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  const headers = frame(1, 4, 0, headerBlock)
  const data = frame(0, 1, 0, Buffer.concat([prefix, message]))
  return {
    bytes: Buffer.concat([headers, data]),
    dataAt: headers.length,
    keyAt: headers.length + 9 + 5 + 2 + keyPrefix.length,
  }
}

function varint(value) {
  const bytes = []
  let rest = value
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128)
  return Buffer.from([...bytes, rest])
}

const template = requestTemplate()
const sockets = []
let toIssue = requests
let issued = 0
let answered = 0
let failed = 0

function nextRequest(streamId) {
  const bytes = Buffer.from(template.bytes)
  bytes.writeUInt32BE(streamId, 5)
  bytes.writeUInt32BE(streamId, template.dataAt + 5)
  const number = firstKey + (issued % keys)
  bytes.latin1Write(String(number).padStart(keyDigits, '0'), template.keyAt)
  issued += 1
  return bytes
}

function runConnection() {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    sockets.push(socket)
    const hasData = new Set()
    let nextId = 1
    let open = 0
    let pending = Buffer.alloc(0)
    let unacknowledged = 0
    socket.on('error', reject)
    socket.on('close', () => (answered >= toIssue ? resolve() : reject(new Error('The server closed the connection.'))))
    const settings = Buffer.from([0, 1, 0, 0, 0, 0, 0, 4, 0x7f, 0xff, 0xff, 0xff])
    const window = Buffer.from([0x7f, 0xff, 0, 0])
    socket.write(
      Buffer.concat([
        Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
        frame(4, 0, 0, settings),
        frame(8, 0, 0, window),
      ]),
    )
    fill()

    function fill() {
      const batch = []
      while (open < inFlight && issued < toIssue) {
        batch.push(nextRequest(nextId))
        nextId += 2
        open += 1
      }
      if (batch.length > 0) socket.write(batch.length === 1 ? batch[0] : Buffer.concat(batch))
    }

    socket.on('data', (chunk) => {
      const bytes = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk
      let at = 0
      while (at + 9 <= bytes.length) {
        const length = bytes.readUIntBE(at, 3)
        if (at + 9 + length > bytes.length) break
        onFrame(
          bytes[at + 3],
          bytes[at + 4],
          bytes.readUInt32BE(at + 5),
          length,
          bytes.subarray(at + 9, at + 9 + length),
        )
        at += 9 + length
      }
      pending = bytes.subarray(at)
      if (answered >= toIssue) for (const each of sockets) each.destroy()
      else fill()
    })

    function onFrame(type, flags, streamId, length, payload) {
      if (type === 0) {
        unacknowledged += length
        if (length > 5) hasData.add(streamId)
        if (unacknowledged > 1 << 24) {
          const increment = Buffer.alloc(4)
          increment.writeUInt32BE(unacknowledged)
          socket.write(frame(8, 0, 0, increment))
          unacknowledged = 0
        }
      } else if (type === 4 && (flags & 1) === 0) socket.write(frame(4, 1, 0, Buffer.alloc(0)))
      else if (type === 6 && (flags & 1) === 0) socket.write(frame(6, 1, 0, Buffer.from(payload)))
      else if (type === 7) reject(new Error('The server said GOAWAY.'))
      const ended = ((type === 0 || type === 1) && (flags & 1) === 1) || type === 3
      if (!ended) return
      // An answer without a message is an error: its status stands in the trailers alone.
      if (!hasData.delete(streamId)) failed += 1
      answered += 1
      open -= 1
    }
  })
}

const startedMs = performance.now()
setTimeout(() => {
  toIssue = issued
}, limitSeconds * 1000).unref()
await Promise.all(Array.from({ length: connections }, runConnection))
console.log(JSON.stringify({ seconds: (performance.now() - startedMs) / 1000, answered, failed }))
process.exit(0)
