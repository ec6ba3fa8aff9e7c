import type { Operation } from '../../operation/operation.ts'
import { explainRoute } from './explain-route.ts'
import { listGateways } from './list-gateways.ts'

/** Gateways as people look at them. */
export const gatewaysOperations: readonly Operation[] = [listGateways, explainRoute]
