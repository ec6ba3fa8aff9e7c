import { authAccessContract } from './auth-access.ts'
import { authManagementContract } from './auth-management.ts'
import { compactContract } from './compact.ts'
import type { ContractSuite } from './contract-store.ts'
import { deleteRangeContract } from './delete-range.ts'
import { electionContract } from './election.ts'
import { healthContract } from './health.ts'
import { httpContract } from './http.ts'
import { leaseContract, leaseExpiryContract } from './lease.ts'
import { lockContract } from './lock.ts'
import { maintenanceContract } from './maintenance.ts'
import { membersContract } from './members.ts'
import { putContract } from './put.ts'
import { rangeContract } from './range.ts'
import { rangeStreamContract } from './range-stream.ts'
import { regressionsContract } from './regressions.ts'
import { restartContract } from './restart.ts'
import { revisionContract } from './revision.ts'
import { transportContract } from './transport.ts'
import { txnContract } from './txn.ts'
import { watchCreateContract } from './watch-create.ts'
import { watchEventsContract } from './watch-events.ts'
import { watchProgressContract } from './watch-progress.ts'

/** Every part of the contract, in the order in which they run. */
export const contractSuites: readonly ContractSuite[] = [
  transportContract,
  revisionContract,
  rangeContract,
  rangeStreamContract,
  putContract,
  deleteRangeContract,
  txnContract,
  compactContract,
  watchCreateContract,
  watchEventsContract,
  watchProgressContract,
  leaseContract,
  leaseExpiryContract,
  lockContract,
  electionContract,
  healthContract,
  httpContract,
  membersContract,
  maintenanceContract,
  restartContract,
  authManagementContract,
  authAccessContract,
  regressionsContract,
]
