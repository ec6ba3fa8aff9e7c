import { isKnownEncoding } from '../compression.ts'
import type { HeaderFields, HeaderList } from '../http2/header-list.ts'
import { httpError } from '../response-status.ts'
import { RpcError } from '../rpc-error.ts'
import { StatusCode } from '../status.ts'

/** What the headers of an answer mean for its call. Equal headers share one. */
export class ResponseHead {
  readonly #fields: HeaderFields
  /** The headers begin a gRPC answer that this side can read. */
  readonly isReadable: boolean
  /** How the messages are compressed, if they are. */
  readonly encoding: string | undefined

  private constructor(fields: HeaderFields) {
    this.#fields = fields
    this.encoding = fields['grpc-encoding']
    this.isReadable = httpError(fields) === undefined && (this.encoding === undefined || isKnownEncoding(this.encoding))
  }

  static of(headers: HeaderList): ResponseHead {
    if (headers.memo instanceof ResponseHead) return headers.memo
    const head = new ResponseHead(headers.fields)
    headers.memo = head
    return head
  }

  /** What is wrong with headers that are not readable. */
  error(): RpcError {
    return (
      httpError(this.#fields) ??
      new RpcError(StatusCode.INTERNAL, `The server compresses with ${this.encoding}, which was not offered.`, {
        delivery: 'sent',
      })
    )
  }
}
