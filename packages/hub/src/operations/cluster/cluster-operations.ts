import type { Operation } from '../../operation/operation.ts'

/** Operations on the store and its members. */
export const clusterOperations: readonly Operation[] = []
