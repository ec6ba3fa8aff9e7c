import type { Instance, Outcome, PickOptions } from '@waypost/registry'
import type { Target } from '../routes/target.ts'

/** What left a view, or changed in it. */
export interface ViewChanges {
  readonly removed: readonly { readonly instance: Instance }[]
  readonly changed: readonly { readonly previous: Instance; readonly current: Instance }[]
}

/** The instances of a target, live and local. A `ServiceView` of the registry is one. */
export interface TargetView {
  readonly isReady: boolean
  /** Settles when the first list is there. */
  readonly ready: Promise<void>
  readonly instances: readonly Instance[]
  /** Since when the list may be out of date. */
  readonly staleSince: Date | undefined
  pick(options?: PickOptions): Instance | undefined
  begin(instance: Instance): void
  end(instance: Instance, outcome: Outcome): void
  changes(): AsyncIterable<ViewChanges>
  close(): Promise<void>
}

/** Begins to follow a target. Resolves at once: the view may still be empty. */
export type OpenView = (target: Target) => Promise<TargetView>
