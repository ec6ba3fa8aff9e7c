import type { Operation } from '../../operation/operation.ts'
import { listAudit } from './list-audit.ts'
import { pruneAudit, verifyAudit } from './verify-audit.ts'

/** Operations on the audit. */
export const auditOperations: readonly Operation[] = [listAudit, verifyAudit, pruneAudit]
