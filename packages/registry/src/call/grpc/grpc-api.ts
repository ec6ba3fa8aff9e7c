/**
 * What is needed of `@grpc/grpc-js`, from 1.13 to 1.14 and later. Its resolver API is marked experimental and changed
 * between the two, so it is taken from the module that the application itself uses.
 */
export interface GrpcModule {
  readonly Metadata: new () => object
  readonly status: { readonly UNAVAILABLE: number }
  readonly experimental: {
    registerResolver(scheme: string, resolverClass: unknown): void
  }
}

export interface GrpcTarget {
  readonly scheme?: string | undefined
  readonly authority?: string | undefined
  readonly path: string
}

export interface GrpcEndpoint {
  readonly addresses: readonly { readonly host: string; readonly port: number }[]
}

export interface GrpcStatus {
  readonly code: number
  readonly details: string
  readonly metadata: object
}

type StatusOr<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: GrpcStatus }

/** Up to 1.13. */
interface ListenerObject {
  onSuccessfulResolution(
    endpoints: readonly GrpcEndpoint[],
    serviceConfig: object | null,
    serviceConfigError: null,
    configSelector: null,
    attributes: object,
  ): void
  onError(error: GrpcStatus): void
}

/** From 1.14 on. */
type ListenerFunction = (
  endpoints: StatusOr<readonly GrpcEndpoint[]>,
  attributes: object,
  serviceConfig: StatusOr<object> | null,
  resolutionNote: string,
) => boolean

export type GrpcListener = ListenerObject | ListenerFunction

export function tellEndpoints(listener: GrpcListener, endpoints: readonly GrpcEndpoint[], serviceConfig: object): void {
  if (typeof listener === 'function') {
    listener({ ok: true, value: endpoints }, {}, { ok: true, value: serviceConfig }, '')
  } else listener.onSuccessfulResolution(endpoints, serviceConfig, null, null, {})
}

export function tellError(listener: GrpcListener, error: GrpcStatus): void {
  if (typeof listener === 'function') listener({ ok: false, error }, {}, null, '')
  else listener.onError(error)
}
