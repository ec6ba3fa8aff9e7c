import type { Side } from '../../src/faults/cluster-network.ts'
import type { Wire } from '../../src/wire/wire.ts'

/** A store that faults happen to. */
export interface FaultStore {
  /** As clients are given them, in the order of the members; none of them need answer at any moment. */
  readonly endpoints: readonly string[]
  /** The user that clients are given, whether or not the store asks for one. */
  readonly auth: { readonly username: string; readonly password: string } | undefined
  /** A raw connection to a member that answers, logged in where that is needed. The caller closes it. */
  connect(): Promise<Wire>
}

/** What a fault does, and what it excuses. */
export interface Fault {
  readonly name: string
  /** What the network must be able to cut members off from. Default nothing. */
  readonly cuts?: readonly Side[]
  /** Watches may find their history compacted. Default false. */
  readonly excusesGaps?: boolean
  /** Does it and undoes it. */
  strike(scene: Scene): Promise<void>
}

/** The run, as a fault sees it. */
export interface Scene {
  /** It begins. */
  struck(): void
  /** The store could serve again from now on: a new leader is there, or the process. Default: when it struck. */
  ableAgain(): void
  /** Cuts the distant clients off from the store, and lets them back. */
  cutDistant(): void
  healDistant(): void
  /** Records the history so far, so that it may be compacted. Resolves to its last revision. */
  record(): Promise<bigint>
}
