import type { LiveSelection } from '@waypost/config'

/** A `LiveConfig` of whatever type, as far as the decorators need it. */
export interface LoadedConfig {
  readonly current: unknown
  select<V>(pick: (config: never) => V): LiveSelection<V>
  close(): Promise<void>
}
