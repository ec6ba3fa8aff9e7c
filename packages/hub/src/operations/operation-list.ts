import type { Operation } from '../operation/operation.ts'
import { accessOperations } from './access/access-operations.ts'
import { auditOperations } from './audit/audit-operations.ts'
import { clusterOperations } from './cluster/cluster-operations.ts'
import { configOperations } from './config/config-operations.ts'
import { coordinationOperations } from './coordination/coordination-operations.ts'
import { discoveryOperations } from './discovery/discovery-operations.ts'
import { gatewaysOperations } from './gateways/gateways-operations.ts'
import { hubOperations } from './hub/hub-operations.ts'
import { keysOperations } from './keys/keys-operations.ts'
import { namesOperations } from './names/names-operations.ts'
import { servicesOperations } from './services/services-operations.ts'
import { timelineOperations } from './timeline/timeline-operations.ts'
import { tokenOperations } from './tokens/token-operations.ts'
import { webhookOperations } from './webhooks/webhook-operations.ts'

/** Every operation of the hub, in the order of the documentation. */
export const operationList: readonly Operation[] = [
  ...namesOperations,
  ...servicesOperations,
  ...configOperations,
  ...coordinationOperations,
  ...keysOperations,
  ...clusterOperations,
  ...accessOperations,
  ...tokenOperations,
  ...auditOperations,
  ...timelineOperations,
  ...discoveryOperations,
  ...gatewaysOperations,
  ...webhookOperations,
  ...hubOperations,
]
