import type { ModuleMetadata, Provider } from '@nestjs/common'
import type { CustomClientOptions } from '@nestjs/microservices'
import type { Registry } from '@waypost/registry'
import {
  type GrpcChannelHelper,
  type GrpcModule,
  type GrpcResolverOptions,
  registerGrpcResolver,
} from '@waypost/registry/grpc'
import type { Waypost } from 'waypost'
import { waypostToken } from '../tokens.ts'
import { type ServiceClientOptions, ServiceClientProxy } from './service-client-proxy.ts'

/** What `ClientsModule.registerAsync` takes. */
export interface ServiceClient {
  readonly name: string | symbol
  readonly inject: string[]
  readonly useFactory: (waypost: Waypost) => CustomClientOptions
  /** For `ClientsModule.register`, which knows no store: it says there to write `registerAsync`. */
  readonly customClass: typeof ServiceClientProxy
  readonly imports?: NonNullable<ModuleMetadata['imports']>
}

export interface ServiceClientSettings
  extends Omit<ServiceClientOptions, 'waypost' | 'service'>,
    Pick<ModuleMetadata, 'imports'> {
  /** The name of the store, when there are several. */
  readonly connection?: string | undefined
}

/**
 * A client of the TCP microservices that are registered as `service`, to be injected as `@Inject(name)`:
 * `ClientsModule.registerAsync([serviceClient('MATH', 'math')])`.
 */
export function serviceClient(
  name: string | symbol,
  service: string,
  { connection, imports, ...options }: ServiceClientSettings = {},
): ServiceClient {
  return {
    name,
    inject: [waypostToken(connection)],
    customClass: ServiceClientProxy,
    useFactory: (waypost) => ({ customClass: ServiceClientProxy, options: { ...options, waypost, service } }),
    ...(imports && { imports }),
  }
}

export interface GrpcResolutionOptions extends GrpcResolverOptions {
  /** The name of the store, when there are several. */
  readonly connection?: string | undefined
}

/**
 * A provider that lets Nest's gRPC clients of this process find services by `url: 'waypost:///user'`. `grpc` is the
 * module that they use: `import * as grpc from '@grpc/grpc-js'`. Once for a process, in the root module.
 */
export function grpcResolution<Helper extends GrpcChannelHelper>(
  grpc: GrpcModule<Helper>,
  { connection, ...options }: GrpcResolutionOptions = {},
): Provider {
  return {
    provide: 'the resolver of waypost:///',
    useFactory: ({ registry }: { readonly registry: Registry }) => {
      registerGrpcResolver(grpc, registry, options)
      return registry
    },
    inject: [waypostToken(connection)],
  }
}
