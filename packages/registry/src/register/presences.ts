import type { EtcdClient } from '@waypost/client'
import type { Clock } from '@waypost/core'
import type { Heartbeat } from './heartbeat.ts'
import { Presence } from './presence.ts'

/** A process's presences, one for each heartbeat that is asked for: usually one. */
export class Presences {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #presences = new Map<string, Presence>()

  constructor(etcd: EtcdClient, clock: Clock) {
    this.#etcd = etcd
    this.#clock = clock
  }

  get(heartbeat: Heartbeat): Presence {
    const name = Object.values(heartbeat).join(' ')
    let presence = this.#presences.get(name)
    if (presence === undefined) {
      presence = new Presence(this.#etcd, heartbeat, this.#clock)
      this.#presences.set(name, presence)
    }
    return presence
  }
}
