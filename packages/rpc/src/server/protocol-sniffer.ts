import type { Socket } from 'node:net'
import type { Clock } from '@waypost/core'
import { clientPreface } from '../http2/frame.ts'

/**
 * Looks at the first bytes of a connection, which is paused then, and hands them on.
 * A connection that says nothing within `timeoutMs` is closed.
 */
export function sniffProtocol(
  socket: Socket,
  clock: Clock,
  timeoutMs: number,
  onKnown: (protocol: 'h2' | 'http1', seen: Buffer) => void,
): void {
  let seen: Buffer = Buffer.alloc(0)
  const timer = clock.after(timeoutMs, () => socket.destroy(), { ref: false })
  const onData = (chunk: Buffer): void => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk])
    const length = Math.min(seen.length, clientPreface.length)
    const isPreface = clientPreface.compare(seen, 0, length, 0, length) === 0
    if (isPreface && length < clientPreface.length) return
    stop()
    socket.pause()
    onKnown(isPreface ? 'h2' : 'http1', seen)
  }
  const stop = (): void => {
    timer.cancel()
    socket.off('data', onData)
    socket.off('close', stop)
  }
  socket.on('data', onData)
  socket.on('close', stop)
}
