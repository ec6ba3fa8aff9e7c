// Messages of 32 bytes over 64 WebSockets, each sent when the one before it is back: `node web-socket-load.js <JSON>`
// prints how many came back.
import { createRequire } from 'node:module'

const { port, forMs, key } = JSON.parse(process.argv[2])
const { WebSocket } = createRequire(new URL('../../packages/gateway/package.json', import.meta.url))('ws')
const message = Buffer.alloc(32, 1)
let answered = 0
let untilMs = Number.POSITIVE_INFINITY
const sockets = await Promise.all(Array.from({ length: 64 }, open))
untilMs = performance.now() + forMs
await Promise.all(sockets.map(talk))
console.log(JSON.stringify({ answered }))

function open() {
  return new Promise((resolve, reject) => {
    const options = { perMessageDeflate: false, headers: { 'x-api-key': key } }
    const socket = new WebSocket(`ws://127.0.0.1:${port}/bench/socket`, options)
    socket.once('open', () => resolve(socket)).once('error', reject)
  })
}

function talk(socket) {
  return new Promise((resolve) => {
    socket.on('message', () => {
      answered += 1
      if (performance.now() < untilMs) socket.send(message)
      else socket.terminate()
    })
    socket.once('close', resolve)
    socket.send(message)
  })
}
