import type { Method } from '../method.ts'
import type { RpcError } from '../rpc-error.ts'
import type { RpcCallOptions, RpcStream, RpcStreamHandlers } from './call.ts'
import type { RpcConnectionOptions } from './connection-options.ts'

export type RpcConnectionState = 'idle' | 'connecting' | 'ready' | 'draining' | 'closed'

const pending = 'not written yet'

/** One HTTP/2 connection to one endpoint. A connection that is lost is `closed` for ever: its owner makes a new one. */
export class RpcConnection {
  readonly endpoint: string
  readonly closed: Promise<RpcError | undefined> = new Promise(() => {})

  /** @param endpoint `http://host:port` or `https://host:port` */
  constructor(endpoint: string, _options: RpcConnectionOptions = {}) {
    this.endpoint = endpoint
  }

  get state(): RpcConnectionState {
    return 'idle'
  }

  connect(_options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    throw new Error(pending)
  }

  unary<Req, Res>(_method: Method<Req, Res>, _request: Req, _options?: RpcCallOptions): Promise<Res> {
    throw new Error(pending)
  }

  stream<Req, Res>(
    _method: Method<Req, Res>,
    _handlers: RpcStreamHandlers<Res>,
    _options?: RpcCallOptions,
  ): RpcStream<Req> {
    throw new Error(pending)
  }

  ping(_timeoutMs?: number): Promise<number> {
    throw new Error(pending)
  }

  close(): Promise<void> {
    throw new Error(pending)
  }

  destroy(_error?: RpcError): void {}
  ref(): void {}
  unref(): void {}
}
