import type { Operation } from '../../operation/operation.ts'

/** Operations on raw keys and leases. */
export const keysOperations: readonly Operation[] = []
