import type { Operation } from '../../operation/operation.ts'
import { listInstances } from './list-instances.ts'

/** Operations on services and their instances. */
export const namesOperations: readonly Operation[] = [listInstances]
