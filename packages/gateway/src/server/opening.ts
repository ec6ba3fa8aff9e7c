import type { Socket } from 'node:net'
import { readProxyHeader } from './proxy-protocol.ts'

/** What the first bytes of a connection say. */
export interface Opening {
  readonly protocol: 'http1' | 'http2' | 'tls'
  /** The client's address as the PROXY protocol gives it. */
  readonly clientAddress: string | undefined
}

export interface OpeningOptions {
  readonly proxyProtocol: boolean
  readonly tls: boolean
  readonly timeoutMs: number
}

/** No method begins like it. Source: RFC 9113, section 3.4. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n')

/**
 * Waits for the first bytes and says what they open; the socket then begins with them again, without a PROXY header.
 * A connection that says nothing in time, or nonsense, is closed.
 */
export function firstBytes(
  socket: Socket,
  options: OpeningOptions,
  onOpen: (opening: Opening) => void,
  onClosed: (reason: 'silent' | 'proxy-header') => void,
): void {
  if (options.tls && !options.proxyProtocol) {
    onOpen({ protocol: 'tls', clientAddress: undefined })
    return
  }
  let waitsForHeader = options.proxyProtocol
  let clientAddress: string | undefined
  let pending: Buffer = Buffer.alloc(0)
  const close = (reason: 'silent' | 'proxy-header'): void => {
    onClosed(reason)
    socket.destroy()
  }
  const timer = setTimeout(() => close('silent'), options.timeoutMs)
  const onClose = (): void => clearTimeout(timer)
  const finish = (protocol: Opening['protocol'], rest: Buffer): void => {
    clearTimeout(timer)
    socket.off('close', onClose)
    socket.off('readable', onReadable)
    if (rest.length > 0) socket.unshift(rest)
    onOpen({ protocol, clientAddress })
  }
  const onReadable = (): void => {
    const read: Buffer | null = socket.read()
    if (read === null) return
    let bytes = pending.length === 0 ? read : Buffer.concat([pending, read])
    if (waitsForHeader) {
      const header = readProxyHeader(bytes)
      if (header === 'malformed') {
        close('proxy-header')
        return
      }
      if (header === 'more') {
        pending = bytes
        return
      }
      waitsForHeader = false
      clientAddress = header.clientAddress
      bytes = bytes.subarray(header.length)
      if (options.tls) {
        finish('tls', bytes)
        return
      }
      pending = Buffer.alloc(0)
      if (bytes.length === 0) return
    }
    const length = Math.min(bytes.length, preface.length)
    if (!bytes.subarray(0, length).equals(preface.subarray(0, length))) finish('http1', bytes)
    else if (length === preface.length) finish('http2', bytes)
    else pending = bytes
  }
  socket.once('close', onClose)
  socket.on('readable', onReadable)
}
