import type { HttpRequest, Metadata, ServerCall } from '@waypost/rpc/server'

const metadataPrefix = 'grpc-metadata-'

/**
 * What handlers are told of a request that came through the gateway. Who the client is says a token only: a
 * certificate counts on gRPC connections alone, as with etcd.
 */
export class GatewayCall implements ServerCall {
  readonly path: string
  readonly metadata: Metadata
  readonly peer: string
  readonly deadlineMs = undefined
  readonly tlsCommonName = undefined
  readonly #abort = new AbortController()

  constructor(path: string, request: HttpRequest) {
    this.path = path
    this.metadata = metadataOf(request)
    this.peer = `${request.socket.remoteAddress ?? ''}:${request.socket.remotePort ?? ''}`
  }

  /** Fires when the response is over, however it ended. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  end(): void {
    this.#abort.abort()
  }
}

/** `Authorization` as it is, and `Grpc-Metadata-…` without its prefix. */
function metadataOf(request: HttpRequest): Metadata {
  const metadata: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value !== 'string') continue
    if (name === 'authorization') metadata[name] = value
    else if (name.startsWith(metadataPrefix)) metadata[name.slice(metadataPrefix.length)] = value
  }
  return metadata
}
