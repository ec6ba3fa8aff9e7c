import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common'
import { HealthIndicatorService, TerminusModule } from '@nestjs/terminus'
import type { Waypost } from 'waypost'
import type { Registrar } from '../register/registrar.ts'
import { registrarToken, waypostToken } from '../tokens.ts'
import { WaypostHealthIndicator } from './waypost-health.indicator.ts'

export interface HealthModuleOptions extends Pick<ModuleMetadata, 'imports'> {
  /** The name of the store, when there are several. */
  readonly connection?: string | undefined
}

/** Lets the modules that import it inject `WaypostHealthIndicator`: by itself, or with options by `register`. */
export class WaypostHealthModule {
  static register(options: HealthModuleOptions = {}): DynamicModule {
    return { module: WaypostHealthModule, ...healthMetadata(options) }
  }
}

Module(healthMetadata({}))(WaypostHealthModule)

function healthMetadata({ connection, imports = [] }: HealthModuleOptions): ModuleMetadata {
  return {
    imports: [TerminusModule, ...imports],
    providers: [
      {
        provide: WaypostHealthIndicator,
        useFactory: (service: HealthIndicatorService, waypost: Waypost, registrar: Registrar | undefined) =>
          new WaypostHealthIndicator(service, waypost, registrar),
        inject: [HealthIndicatorService, waypostToken(connection), { token: registrarToken, optional: true }],
      },
    ],
    exports: [WaypostHealthIndicator, TerminusModule],
  }
}
