import type { Operation } from '../../operation/operation.ts'
import { readOverview } from '../overview/read-overview.ts'
import { followChanges } from './changes.ts'
import { live, ready, showMetrics } from './health.ts'
import { logIn } from './log-in.ts'
import { logOut, showSession } from './session.ts'
import { showLoginMethods } from './show-login-methods.ts'

/** Logins, and what the hub says of itself. */
export const hubOperations: readonly Operation[] = [
  readOverview,
  showLoginMethods,
  logIn,
  showSession,
  logOut,
  followChanges,
  live,
  ready,
  showMetrics,
]
