import type { Operation } from '../../operation/operation.ts'

/** Operations on the timeline. */
export const timelineOperations: readonly Operation[] = []
