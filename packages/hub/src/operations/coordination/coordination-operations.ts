import type { Operation } from '../../operation/operation.ts'

/** Operations on locks, elections, queues and schedules. */
export const coordinationOperations: readonly Operation[] = []
