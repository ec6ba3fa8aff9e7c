import { Inject } from '@nestjs/common'
import {
  configToken,
  currentConfigToken,
  httpClientToken,
  registrarToken,
  serviceToken,
  waypostToken,
} from './tokens.ts'

/** What decorates a parameter of a constructor, or a property. */
export type InjectDecorator = PropertyDecorator & ParameterDecorator

export interface OfConnection {
  /** The name of the store, when there are several. */
  readonly connection?: string | undefined
}

/** Injects the store of that name, a `Waypost`. The one without a name can also be injected by its class. */
export function InjectWaypost(name?: string): InjectDecorator {
  return Inject(waypostToken(name))
}

/** Injects the live instances of a service, a `ServiceView`. */
export function InjectService(service: string, { connection }: OfConnection = {}): InjectDecorator {
  return Inject(serviceToken(service, connection))
}

/** Injects the HTTP client of a service, a `ServiceHttpClient`. */
export function InjectHttpClient(service: string, { connection }: OfConnection = {}): InjectDecorator {
  return Inject(httpClientToken(service, connection))
}

/** Injects the live configuration with a schema, a `LiveConfigOf<typeof schema>`. */
export function InjectConfig(schema?: object): InjectDecorator {
  return Inject(configToken(schema))
}

/**
 * Injects the configuration itself, as it is when the request begins and until it ends: what it is injected into becomes
 * request-scoped.
 */
export function InjectCurrentConfig(schema?: object): InjectDecorator {
  return Inject(currentConfigToken(schema))
}

/** Injects the registration of this application, a `Registrar`. */
export function InjectRegistrar(): InjectDecorator {
  return Inject(registrarToken)
}
