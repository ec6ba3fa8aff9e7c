/** A revision, told by where the store is when the step runs. */
export interface RevisionChoice {
  readonly from: 'zero' | 'current' | 'compacted'
  readonly plus: number
}

/** Keys and values are latin1 text, so that every byte can be written down. */
export interface RangeStep {
  readonly kind: 'range'
  readonly key: string
  readonly end: string
  readonly revision: RevisionChoice
  readonly limit: number
  readonly sortOrder: number
  readonly sortTarget: number
  readonly serializable: boolean
  readonly keysOnly: boolean
  readonly countOnly: boolean
  readonly minMod: RevisionChoice
  readonly maxMod: RevisionChoice
  readonly minCreate: RevisionChoice
  readonly maxCreate: RevisionChoice
}

export interface PutStep {
  readonly kind: 'put'
  readonly key: string
  readonly value: string
  readonly lease: number
  readonly prevKv: boolean
  readonly ignoreValue: boolean
  readonly ignoreLease: boolean
}

export interface DeleteStep {
  readonly kind: 'delete'
  readonly key: string
  readonly end: string
  readonly prevKv: boolean
}

export interface CompareStep {
  readonly key: string
  readonly end: string
  readonly target: number
  readonly result: number
  /** Which member of the union is set: usually the target's own. */
  readonly member: 'version' | 'create' | 'mod' | 'value' | 'lease' | 'none'
  readonly number: number
  readonly revision: RevisionChoice
  readonly value: string
}

export interface TxnStep {
  readonly kind: 'txn'
  readonly compare: readonly CompareStep[]
  readonly success: readonly OpStep[]
  readonly failure: readonly OpStep[]
}

export type OpStep = RangeStep | PutStep | DeleteStep | TxnStep | { readonly kind: 'none' }

export interface WatchStep {
  readonly kind: 'watch'
  readonly stream: number
  readonly id: number
  readonly key: string
  readonly end: string
  readonly start: RevisionChoice
  readonly filters: readonly number[]
  readonly prevKv: boolean
}

export type Step =
  | RangeStep
  | PutStep
  | DeleteStep
  | TxnStep
  | WatchStep
  | { readonly kind: 'compact'; readonly revision: RevisionChoice; readonly physical: boolean }
  | { readonly kind: 'grant'; readonly id: number; readonly ttl: number }
  | { readonly kind: 'revoke'; readonly id: number }
  | { readonly kind: 'time-to-live'; readonly id: number; readonly keys: boolean }
  | { readonly kind: 'keep-alive'; readonly id: number }
  | { readonly kind: 'leases' }
  | { readonly kind: 'cancel'; readonly stream: number; readonly id: number }
  /** The store under test is stopped and started again; the streams of both sides begin again. */
  | { readonly kind: 'restart' }

/** How many Watch streams each side has. */
export const streams = 2
