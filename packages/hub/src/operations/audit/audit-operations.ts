import type { Operation } from '../../operation/operation.ts'

/** Operations on the audit. */
export const auditOperations: readonly Operation[] = []
