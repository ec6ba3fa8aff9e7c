import type { Slices } from '@waypost/core'
import type { AuthStore } from '../auth/auth-store.ts'
import type { Lessor } from '../lease/lessor.ts'
import type { MvccStore } from '../mvcc/store.ts'
import type { Alarms } from './alarms.ts'

/** The state that commands change. */
export interface ApplyContext {
  readonly store: MvccStore
  readonly lessor: Lessor
  readonly auth: AuthStore
  readonly alarms: Alarms
  readonly slices: Slices
}
