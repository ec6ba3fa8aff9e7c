import type { Instance } from '@waypost/registry'

/** Where the names come from: a live copy, read without the network. `Registry.followAll` gives one. */
export interface NameSource {
  readonly isReady: boolean
  readonly services: Iterable<string>
  has(service: string): boolean
  instances(service: string): readonly Instance[]
  readonly revision: bigint
  /** Since when the copy may be out of date. */
  readonly staleSince: Date | undefined
  onChange(listener: (services: ReadonlySet<string>) => void): () => void
}
