import type { Directory } from './discover/directory.ts'
import type { ServiceList } from './discover/service-list.ts'
import { ServiceView } from './discover/service-view.ts'
import type { Registration } from './register/registration.ts'

/** A registry at one moment, for metrics. */
export interface RegistryGauges {
  /** Instances that are registered here and do not leave. */
  readonly registrations: number
  /** Those of them whose record is gone and not restored yet, or that another process took over. */
  readonly lostRegistrations: number
  /** Instances in the views of this process, each counted once. */
  readonly instances: number
  /** Those of them that the guard holds: their leases ended in a mass expiry. */
  readonly heldInstances: number
  /** Views that do not follow the store at present, or hold instances. */
  readonly staleViews: number
}

export function registryGauges(
  registrations: readonly Registration[],
  open: Iterable<ServiceView | ServiceList | Directory>,
): RegistryGauges {
  const own = registrations.filter(({ state }) => state !== 'leaving' && state !== 'left')
  const instances = new Set<string>()
  const held = new Set<string>()
  let staleViews = 0
  for (const view of open) {
    if (view.staleSince !== undefined) staleViews += 1
    if (!(view instanceof ServiceView)) continue
    for (const { id, suspect } of view.instances) {
      const name = `${view.service}/${id}`
      instances.add(name)
      if (suspect) held.add(name)
    }
  }
  return {
    registrations: own.length,
    lostRegistrations: own.filter(({ state }) => state === 'restoring' || state === 'superseded').length,
    instances: instances.size,
    heldInstances: held.size,
    staleViews,
  }
}
