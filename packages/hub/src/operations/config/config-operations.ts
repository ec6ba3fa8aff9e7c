import type { Operation } from '../../operation/operation.ts'

/** Operations on configuration. */
export const configOperations: readonly Operation[] = []
