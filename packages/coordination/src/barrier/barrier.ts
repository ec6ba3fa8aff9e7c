import type { EtcdClient } from '@waypost/client'
import type { CallOptions } from '@waypost/core'
import { callOptionKinds, checkOptions } from '@waypost/core/options'
import { whenGone } from './when.ts'

/**
 * Processes wait at it for as long as it is up. The key exists while it is: the layout of Go's `recipes.Barrier`.
 */
export class Barrier {
  readonly name: string
  readonly #etcd: EtcdClient

  /** @internal */
  constructor(etcd: EtcdClient, name: string) {
    this.#etcd = etcd
    this.name = name
  }

  /** Puts it up. Does nothing when it is up. */
  async raise(options?: CallOptions): Promise<void> {
    await this.#etcd.kv.put(this.name, '', options)
  }

  /** Takes it down: everybody who waits goes on. */
  async lower(options?: CallOptions): Promise<void> {
    await this.#etcd.kv.delete(this.name, options)
  }

  /** Resolves when it is down. Fails with `deadline-exceeded` after `timeoutMs`, and with `aborted`. */
  wait(options: CallOptions = {}): Promise<void> {
    checkOptions('barrier.wait', options, callOptionKinds)
    return whenGone(this.#etcd, this.name, `The barrier ${JSON.stringify(this.name)} was not lowered`, options)
  }
}
