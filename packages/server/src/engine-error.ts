import { type EtcdErrorName, etcdErrors } from '@waypost/protocol'

/** A request that the store refuses, named by its entry in the protocol's error table. Knows nothing of gRPC. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly reason: EtcdErrorName

  constructor(reason: EtcdErrorName, options: { readonly cause?: unknown } = {}) {
    super(etcdErrors[reason].message, options.cause === undefined ? undefined : { cause: options.cause })
    this.reason = reason
  }
}
