import type { OperationPermission } from '../../operation/permission.ts'

/** What is needed to see all services as they are. */
export const readAllServices: OperationPermission = [
  { access: 'read', prefix: '/services/' },
  { access: 'read', prefix: '/waypost/services/overrides/' },
]
