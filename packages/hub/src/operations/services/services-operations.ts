import type { Operation } from '../../operation/operation.ts'
import { listFollowers } from './list-followers.ts'
import { listServices } from './list-services.ts'
import { listSuspects } from './list-suspects.ts'
import { operateInstance } from './operate-instance.ts'
import { showServiceMap } from './service-map.ts'
import { tryInstance } from './try-instance.ts'

/** Services as people look at them and steer them. */
export const servicesOperations: readonly Operation[] = [
  listServices,
  listFollowers,
  listSuspects,
  showServiceMap,
  operateInstance,
  tryInstance,
]
