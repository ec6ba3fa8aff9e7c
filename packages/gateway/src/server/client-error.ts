import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { problemBody, problemType } from '../proxy/problem.ts'

const details: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['bad-request', 'The request is malformed.'],
  405: ['method-refused', 'The gateway does not take CONNECT.'],
  408: ['headers-timeout', 'The headers of the request did not arrive in time.'],
  431: ['headers-too-large', 'The headers of the request are larger than the gateway allows.'],
}

/** Answers a connection whose request cannot be read, and closes it. */
export function refuseConnection(socket: Duplex, reason: number | Error): void {
  if (!socket.writable || isReset(reason)) {
    socket.destroy()
    return
  }
  const status = typeof reason === 'number' ? reason : statusOf(reason)
  const [code, detail] = details[status] ?? ['bad-request', 'The request is malformed.']
  const body = problemBody({ status, code, detail, requestId: '' })
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: ${problemType}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined
}

function isReset(reason: number | Error): boolean {
  return typeof reason !== 'number' && codeOf(reason) === 'ECONNRESET'
}

function statusOf(error: Error): number {
  const code = codeOf(error)
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
}
