// The peers that are measured: servers that echo one unary method, and clients that call it in a closed loop.
import { connect, createServer } from 'node:http2'
import { Client, credentials, Server, ServerCredentials } from '@grpc/grpc-js'
import * as own from '../dist/index.js'

export const path = '/bench.Service/Echo'

const bytes = {
  encode(message, headroomBytes = 0) {
    const encoded = Buffer.allocUnsafe(headroomBytes + message.length)
    encoded.set(message, headroomBytes)
    return encoded
  },
  decode: (message) => message,
}
/** An earlier build of this package to compare with: the path of its `dist/index.js`. */
const earlier = process.env.RPC_BEFORE === undefined ? undefined : await import(process.env.RPC_BEFORE)

const method = { path, kind: 'unary', request: bytes, response: bytes }
const same = (message) => message

async function startOwn({ RpcServer, unary }) {
  const { port } = await new RpcServer({ handlers: [unary(method, same)] }).listen({ host: '127.0.0.1', port: 0 })
  return port
}

async function connectOwn({ RpcConnection }, port) {
  const connection = new RpcConnection(`http://127.0.0.1:${port}`)
  await connection.connect()
  const options = Object.freeze({ timeoutMs: 5000, metadata: Object.freeze({}) })
  return (request) => connection.unary(method, request, options)
}

/** Each starts a server and resolves to its port. */
export const servers = {
  rpc: () => startOwn(own),
  ...(earlier && { 'rpc before': () => startOwn(earlier) }),
  /** What node:http2 can do at its best, with listeners: no routing, no framing, no errors. */
  'node:http2'() {
    const server = createServer({ settings: { maxConcurrentStreams: 10_000 } })
    server.on('stream', (stream) => {
      stream.on('error', () => {})
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      stream.on('data', (chunk) => {
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
        stream.end(chunk)
      })
    })
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
  },
  'grpc-js'() {
    const server = new Server()
    const definition = {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    }
    server.addService({ echo: definition }, { echo: (call, answer) => answer(null, call.request) })
    return new Promise((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    )
  },
}

/** Each resolves to a function that makes one call. */
export const clients = {
  rpc: (port) => connectOwn(own, port),
  ...(earlier && { 'rpc before': (port) => connectOwn(earlier, port) }),
  async 'node:http2'(port) {
    const session = connect(`http://127.0.0.1:${port}`)
    const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' }
    return (request) =>
      new Promise((resolve, reject) => {
        const stream = session.request(headers)
        let answer
        stream.on('data', (chunk) => {
          answer = chunk
        })
        stream.on('end', () => resolve(answer))
        stream.on('error', reject)
        const frame = Buffer.allocUnsafe(5 + request.length)
        frame.writeUInt8(0, 0)
        frame.writeUInt32BE(request.length, 1)
        frame.set(request, 5)
        stream.end(frame)
      })
  },
  async 'grpc-js'(port) {
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
    return (request) =>
      new Promise((resolve, reject) =>
        client.makeUnaryRequest(path, same, same, request, { deadline: Date.now() + 5000 }, (error, answer) =>
          error ? reject(error) : resolve(answer),
        ),
      )
  },
}
