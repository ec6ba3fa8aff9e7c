import type { Server } from 'node:net'

export interface BoundAddress {
  /** `undefined` when it listens on all addresses of the machine. */
  readonly host: string | undefined
  readonly port: number
}

/** Where a server listens; `undefined` while it does not, and for one on a pipe. */
export function boundAddress(server: Pick<Server, 'address'>): BoundAddress | undefined {
  const bound = server.address()
  if (bound === null || typeof bound === 'string') return undefined
  const isWildcard = bound.address === '0.0.0.0' || bound.address === '::'
  return { host: isWildcard ? undefined : bound.address, port: bound.port }
}
