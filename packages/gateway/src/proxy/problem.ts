import { STATUS_CODES } from 'node:http'

/** A problem document of RFC 9457: what the gateway answers when it cannot, or may not, pass a request on. */
export interface Problem {
  /** The HTTP status of the answer. */
  readonly status: number
  /** One of the gateway's stable codes, for example `no-instance`. Clients may decide by it. */
  readonly code: string
  /** One sentence for people. Names no address of an instance. */
  readonly detail: string
  /** The request id, as in the access log. */
  readonly requestId: string
}

/** The media type of problem documents. */
export const problemType = 'application/problem+json'

/** The body of a problem document. */
export function problemBody({ status, code, detail, requestId }: Problem): string {
  return JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail,
    requestId,
  })
}
