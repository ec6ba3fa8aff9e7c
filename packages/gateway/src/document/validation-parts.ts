import { systemClock } from '@waypost/core'
import type { PolicyParts } from '../policies/policy-parts.ts'

/** For policies that are made to see whether they can be, and never asked. */
export const validationParts: PolicyParts = {
  clock: systemClock,
  fetch: () => Promise.reject(new Error('Nothing is fetched to check a document.')),
  workers: 1,
  onNotice: () => {},
}
