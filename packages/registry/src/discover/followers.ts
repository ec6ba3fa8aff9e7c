import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { EtcdClient } from '@waypost/client'
import type { Clock } from '@waypost/core'
import type { Subscriptions } from '../drain/subscriptions.ts'
import type { ResolvedGuard } from '../guard/guard-options.ts'
import { OverrideFollower } from '../operate/override-follower.ts'
import { Directory } from './directory.ts'
import { ServiceFollower } from './service-follower.ts'

export interface FollowersParts {
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly guard: ResolvedGuard | undefined
  readonly subscriptions: Subscriptions
  readonly snapshotDir: string | undefined
}

/** What this process follows: each service once, however many views there are, and the overrides once for all. */
export class Followers {
  readonly #parts: FollowersParts
  readonly #services = new Map<string, ServiceFollower>()
  #overrides: OverrideFollower | undefined

  constructor(parts: FollowersParts) {
    this.#parts = parts
  }

  service(service: string): ServiceFollower {
    let follower = this.#services.get(service)
    if (follower === undefined) {
      const { etcd, clock, guard, subscriptions } = this.#parts
      follower = new ServiceFollower(service, {
        etcd,
        clock,
        guard,
        subscriptions,
        overrides: this.overrides(),
        snapshotFile: this.#snapshotFile(`service ${service}`),
        onIdle: () => this.#services.delete(service),
      })
      this.#services.set(service, follower)
    }
    return follower
  }

  /** A copy of everything, apart from those of single services. */
  directory(onClose: (directory: Directory) => void): Directory {
    const { etcd, clock, guard } = this.#parts
    const snapshotFile = this.#snapshotFile('directory')
    return new Directory({ etcd, clock, guard, overrides: this.overrides(), snapshotFile, onClose })
  }

  /** To be joined at once: it ends when its last listener leaves. */
  overrides(): OverrideFollower {
    this.#overrides ??= new OverrideFollower(this.#parts.etcd, this.#snapshotFile('overrides'), () => {
      this.#overrides = undefined
    })
    return this.#overrides
  }

  #snapshotFile(name: string): string | undefined {
    const { snapshotDir } = this.#parts
    if (snapshotDir === undefined) return undefined
    const readable = encodeURIComponent(name)
    // File systems take 255 bytes.
    const file = readable.length <= 200 ? readable : createHash('sha256').update(name).digest('hex')
    return join(snapshotDir, `${file}.snapshot`)
  }
}
