import type { Socket } from 'node:net'
import type { Clock } from '@waypost/core'

/** What every HTTP/2 client sends first: RFC 9113, section 3.4. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

export const prefaceBytes = preface.length

/**
 * Looks at the first bytes of a connection and puts them back.
 * A connection that says nothing within `timeoutMs` is closed.
 */
export function sniffProtocol(
  socket: Socket,
  clock: Clock,
  timeoutMs: number,
  onKnown: (protocol: 'h2' | 'http1') => void,
): void {
  let seen: Buffer = Buffer.alloc(0)
  const timer = clock.after(timeoutMs, () => socket.destroy(), { ref: false })
  const onData = (chunk: Buffer): void => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk])
    const length = Math.min(seen.length, preface.length)
    const isPreface = preface.compare(seen, 0, length, 0, length) === 0
    if (isPreface && length < preface.length) return
    stop()
    socket.pause()
    socket.unshift(seen)
    onKnown(isPreface ? 'h2' : 'http1')
  }
  const stop = (): void => {
    timer.cancel()
    socket.off('data', onData)
    socket.off('close', stop)
  }
  socket.on('data', onData)
  socket.on('close', stop)
}
