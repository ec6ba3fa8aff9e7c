import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** A peer that vanished without a word is found by probes of the kernel. */
const keepAliveMs = 60_000

/** Joins two connections until one of them is over. Each end takes what the other one sends as fast as it can. */
export function joinTunnel(client: Duplex, upstream: Duplex, first: Buffer, onEnd: () => void): void {
  for (const socket of [client, upstream]) {
    if (socket instanceof Socket) {
      socket.setTimeout(0)
      socket.setNoDelay(true)
      socket.setKeepAlive(true, keepAliveMs)
    }
    socket.on('error', () => {})
  }
  client.once('close', () => endSoon(upstream))
  upstream.once('close', () => {
    endSoon(client)
    onEnd()
  })
  if (first.length > 0) upstream.unshift(first)
  upstream.pipe(client)
  client.pipe(upstream)
}

/** What was written goes out first. */
function endSoon(socket: Duplex): void {
  if (socket instanceof Socket) socket.destroySoon()
  else socket.destroy()
}
