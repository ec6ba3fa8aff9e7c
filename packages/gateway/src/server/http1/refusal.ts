import { STATUS_CODES } from 'node:http'
import { problemBody, problemType } from '../../proxy/problem.ts'

const details: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  408: ['headers-timeout', 'The headers of the request did not arrive in time.'],
  417: ['bad-expectation', 'The gateway knows no expectation but 100-continue.'],
  431: ['headers-too-large', 'The headers of the request are larger than the gateway allows.'],
  501: ['bad-framing', 'The gateway knows no transfer encoding but chunked.'],
}

/** The answer to a request that cannot be read: the last one on its connection. */
export function refusalText(status: number): string {
  const [code, detail] = details[status] ?? ['bad-request', 'The request is malformed.']
  const body = problemBody({ status, code, detail, requestId: '' })
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: ${problemType}\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )
}
