import type { Operation } from '../../operation/operation.ts'
import { checkAccess, setAccessMode } from './access-mode.ts'
import { grantAccess, revokeAccess, showAccess, tellWhy } from './grants.ts'
import { mayUser } from './may-user.ts'
import { createRole, deleteRole, grantPermission, listRoles, readRole, revokePermission } from './roles.ts'
import { createUser, deleteUser, grantRole, listUsers, revokeRole, setPassword } from './users.ts'

/** Operations on users, roles and permissions. */
export const accessOperations: readonly Operation[] = [
  listUsers,
  createUser,
  deleteUser,
  setPassword,
  grantRole,
  revokeRole,
  listRoles,
  readRole,
  createRole,
  deleteRole,
  grantPermission,
  revokePermission,
  showAccess,
  grantAccess,
  revokeAccess,
  tellWhy,
  mayUser,
  checkAccess,
  setAccessMode,
]
