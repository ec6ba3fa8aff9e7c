import { parseTimeout } from '../grpc-timeout.ts'
import type { HeaderFields, HeaderList } from '../http2/header-list.ts'

/** What a call takes up besides its headers and messages: its stream, and what handlers remember of it. */
const callBytes = 1024

/** What the headers of a request mean for gRPC. Equal headers share one. */
export class RequestHead {
  readonly fields: HeaderFields
  readonly path: string
  readonly isGrpc: boolean
  /** The client's deadline in milliseconds from the request on. One of a bad form is none. */
  readonly timeoutMs: number | undefined
  /** How the messages are compressed, if they are. */
  readonly encoding: string | undefined
  /** Bytes of memory that a call with these headers takes up while its stream is open. */
  readonly costBytes: number

  private constructor({ fields, size }: HeaderList) {
    this.fields = fields
    this.costBytes = callBytes + size
    this.path = fields[':path'] ?? ''
    this.isGrpc = isGrpcRequest(fields[':method'], fields['content-type'])
    const timeout = fields['grpc-timeout']
    this.timeoutMs = timeout === undefined ? undefined : parseTimeout(timeout)
    this.encoding = fields['grpc-encoding']
  }

  static of(headers: HeaderList): RequestHead {
    if (headers.memo instanceof RequestHead) return headers.memo
    const head = new RequestHead(headers)
    headers.memo = head
    return head
  }
}

/** Whether a request is gRPC; a sub-type such as `application/grpc+proto` is too. */
export function isGrpcRequest(method: string | undefined, contentType: string | undefined): boolean {
  if (method !== 'POST' || contentType === undefined) return false
  return (
    contentType === 'application/grpc' ||
    contentType.startsWith('application/grpc+') ||
    contentType.startsWith('application/grpc;')
  )
}
