/** What one operation does to a key when it is applied. */
export interface Effect {
  readonly key: string
  /** Undefined: the key is deleted. */
  readonly value: string | undefined
}

export type LeaseEffect = { readonly granted: bigint } | { readonly revoked: bigint }

/** One request of a writer. */
export interface Operation {
  readonly what: string
  /** All of one revision, in order; empty when the store is not changed. */
  readonly effects: readonly Effect[]
  readonly lease: LeaseEffect | undefined
}

/** A revision as it was read back or watched. */
export interface Change {
  readonly revision: bigint
  readonly effects: readonly Effect[]
}
