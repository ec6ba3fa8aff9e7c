import type { RpcServerOptions } from './server-options.ts'

const pending = 'not written yet'

/** Serves gRPC over HTTP/2, and HTTP/1.1, on one port. */
export class RpcServer {
  constructor(_options: RpcServerOptions) {}

  /** Port 0 takes a free one; the answer says which. */
  listen(_options: { readonly host: string; readonly port: number }): Promise<{ host: string; port: number }> {
    throw new Error(pending)
  }

  /** Open connections. */
  get connections(): number {
    return 0
  }

  /** Refuses new calls, waits up to `graceMs` (default 1,000) for running unary ones, then cuts what is left. Idempotent. */
  close(_options: { readonly graceMs?: number | undefined } = {}): Promise<void> {
    throw new Error(pending)
  }
}
