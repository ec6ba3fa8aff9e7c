import type { AuthStore } from '../auth/auth-store.ts'
import type { Lessor } from '../lease/lessor.ts'
import type { MvccStore } from '../mvcc/store.ts'

/** The state that commands change. */
export interface ApplyContext {
  readonly store: MvccStore
  readonly lessor: Lessor
  readonly auth: AuthStore
}
