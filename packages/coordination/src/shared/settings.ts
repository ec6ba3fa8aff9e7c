import {
  type EtcdClient,
  etcdClientOptionKinds,
  type PresenceOptions,
  type PresenceSettings,
  presenceOptionKinds,
  resolvePresence,
} from '@waypost/client'
import { type Clock, systemClock } from '@waypost/core'
import { checkOptions, type OptionKinds, text } from '@waypost/core/options'

/** How places, workers and schedules behave in this process. */
export interface CoordinationOptions extends PresenceOptions {
  /**
   * How long a place outlives a process that dies, in whole seconds, at least 2. Default 10. Whoever waits for the
   * place of a dead process waits for as long.
   */
  readonly ttlSeconds?: number | undefined
  /** Names this process in records and events. Default: the client's `identity.process`. */
  readonly processName?: string | undefined
  /** The source of time; for tests. */
  readonly clock?: Clock | undefined
}

export const coordinationOptionKinds: OptionKinds<CoordinationOptions> = {
  ...presenceOptionKinds,
  processName: text,
  clock: etcdClientOptionKinds.clock,
}

/** What every part of the package works with. */
export interface Parts {
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly presence: PresenceSettings
  readonly processName: string
}

export function partsOf(etcd: EtcdClient, options: CoordinationOptions): Parts {
  checkOptions('Coordination', options, coordinationOptionKinds)
  return {
    etcd,
    clock: options.clock ?? systemClock,
    presence: resolvePresence(options),
    processName: options.processName ?? etcd.identity.process,
  }
}
