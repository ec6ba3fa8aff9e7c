import type { KeyValue } from '@waypost/client'
import { withOverride } from '../operate/override.ts'
import { readInstanceKey } from '../record/keys.ts'
import type { Override } from '../record/override.ts'
import { readInstance } from '../record/read-instance.ts'

/** How many instances a service has. */
export interface ServiceSummary {
  readonly service: string
  /** Records that can be read, whatever their status. */
  readonly instances: number
  /** Those with status `up`, as operators see it. */
  readonly up: number
  /** Records that cannot be read. */
  readonly unreadable: number
}

/** What a record counts as. */
export type RecordKind = 'up' | 'other' | 'unreadable'

/** What the record counts as; `undefined` when its key is no instance's. */
export function kindOf(kv: KeyValue, overrideOf: (service: string, id: string) => Override | undefined) {
  const named = readInstanceKey(kv.key)
  if (named === undefined) return undefined
  const { instance } = readInstance(kv.key, kv.bytes, kv.modRevision)
  const effective = instance && withOverride(instance, overrideOf(named.service, named.id))
  const kind: RecordKind = effective === undefined ? 'unreadable' : effective.status === 'up' ? 'up' : 'other'
  return { ...named, kind }
}

/** Counts of every service, kept as records come and go. */
export class ServiceCounts {
  readonly #counts = new Map<string, { instances: number; up: number; unreadable: number }>()

  add(service: string, kind: RecordKind): void {
    this.#change(service, kind, 1)
  }

  remove(service: string, kind: RecordKind): void {
    this.#change(service, kind, -1)
  }

  /** A service that has no record has zeros. */
  get(service: string): ServiceSummary {
    return Object.freeze({ service, ...(this.#counts.get(service) ?? { instances: 0, up: 0, unreadable: 0 }) })
  }

  /** Sorted by name. */
  summaries(): ServiceSummary[] {
    return [...this.#counts.keys()].sort().map((service) => this.get(service))
  }

  #change(service: string, kind: RecordKind, by: 1 | -1): void {
    const count = this.#counts.get(service) ?? { instances: 0, up: 0, unreadable: 0 }
    this.#counts.set(service, count)
    if (kind === 'unreadable') count.unreadable += by
    else count.instances += by
    if (kind === 'up') count.up += by
    if (count.instances + count.unreadable === 0) this.#counts.delete(service)
  }
}
