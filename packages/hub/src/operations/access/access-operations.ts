import type { Operation } from '../../operation/operation.ts'

/** Operations on users, roles and permissions. */
export const accessOperations: readonly Operation[] = []
