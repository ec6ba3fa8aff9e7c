import type { Operation } from '../../operation/operation.ts'
import { listInstances } from './list-instances.ts'
import { applyName, listNames, releaseName, showName } from './owned-names.ts'
import { listPersistent, registerPersistent } from './persistent-instance.ts'
import { pickInstance } from './pick-instance.ts'
import { registerInstance, registerUnnamed } from './register-instance.ts'
import { beginSession, endSession, sendHeartbeat, showSessionState } from './sessions.ts'
import { changeInstance, deregisterInstance, drainInstance, showInstance } from './steer-instance.ts'

/** Operations on services and their instances. */
export const namesOperations: readonly Operation[] = [
  applyName,
  showName,
  listNames,
  releaseName,
  beginSession,
  sendHeartbeat,
  showSessionState,
  endSession,
  registerInstance,
  registerUnnamed,
  listInstances,
  showInstance,
  changeInstance,
  drainInstance,
  deregisterInstance,
  pickInstance,
  registerPersistent,
  listPersistent,
]
