import { STATUS_CODES } from 'node:http'
import type { ExchangeRecord } from '../../proxy/exchange-record.ts'
import { problemBody, problemType } from '../../proxy/problem.ts'
import type { ClientConnection } from '../client-connection.ts'

const details: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  408: ['headers-timeout', 'The headers of the request did not arrive in time.'],
  417: ['bad-expectation', 'The gateway accepts no expectation but 100-continue.'],
  431: ['headers-too-large', 'The headers of the request are larger than the gateway allows.'],
  501: ['bad-framing', 'The gateway accepts no transfer encoding but chunked.'],
}

const malformed = ['bad-request', 'The request is malformed.'] as const

export interface Refused {
  readonly requestId: string
  readonly connection: ClientConnection
  readonly status: number
  readonly durationMs: number
}

/** What is told of a request that cannot be read: nothing of what it asked is known. */
export function refusalRecord({ requestId, connection, status, durationMs }: Refused): ExchangeRecord {
  return {
    requestId,
    protocol: '1.1',
    method: '',
    scheme: connection.isEncrypted ? 'https' : 'http',
    host: '',
    path: '',
    clientAddress: connection.remoteAddress,
    route: undefined,
    service: undefined,
    instance: undefined,
    reason: undefined,
    tries: 0,
    status,
    code: (details[status] ?? malformed)[0],
    subject: undefined,
    durationMs,
    upstreamMs: undefined,
    bytesReceived: 0,
    bytesSent: 0,
  }
}

/** The answer to a request that cannot be read: the last one on its connection. */
export function refusalText(status: number, requestId: string): string {
  const [code, detail] = details[status] ?? malformed
  const body = problemBody({ status, code, detail, requestId })
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: ${problemType}\r\n` +
    `x-request-id: ${requestId}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )
}
