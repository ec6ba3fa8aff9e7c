import type { OutgoingHttpHeaders } from 'node:http2'
import { acceptedEncodings } from '../compression.ts'
import { formatTimeout } from '../grpc-timeout.ts'
import { checkMetadata } from '../metadata.ts'
import type { RpcCallOptions } from './call.ts'

/** Makes the headers of calls; those that only depend on the method are made once. */
export class RequestHeaders {
  readonly #perPath = new Map<string, OutgoingHttpHeaders>()

  /** Throws `RpcError` when the metadata cannot be sent. */
  of(path: string, options: RpcCallOptions | undefined): OutgoingHttpHeaders {
    let headers = this.#perPath.get(path)
    if (!headers) {
      headers = {
        ':method': 'POST',
        ':path': path,
        te: 'trailers',
        'content-type': 'application/grpc',
        'user-agent': 'waypost',
        'grpc-accept-encoding': acceptedEncodings,
      }
      this.#perPath.set(path, headers)
    }
    if (options === undefined) return headers
    const { metadata, timeoutMs } = options
    if (metadata === undefined && timeoutMs === undefined) return headers
    const own = { ...headers }
    if (metadata !== undefined) {
      checkMetadata(metadata)
      Object.assign(own, metadata)
    }
    if (timeoutMs !== undefined && Number.isFinite(timeoutMs)) own['grpc-timeout'] = formatTimeout(timeoutMs)
    return own
  }
}
