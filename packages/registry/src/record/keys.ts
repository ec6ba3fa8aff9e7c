/** Everything that is registered lives under this prefix. */
export const servicesPrefix = '/services/'

/** The prefix of one service's instances. It ends in a slash, so `user` never finds `user-admin`. */
export function servicePrefix(service: string): string {
  return `${servicesPrefix}${service}/`
}

/** Where an instance's record is kept. */
export function instanceKey(service: string, id: string): string {
  return `${servicesPrefix}${service}/${id}`
}

/** The service and instance id that a key names; `undefined` when it is no instance's key. */
export function readInstanceKey(key: string): { readonly service: string; readonly id: string } | undefined {
  if (!key.startsWith(servicesPrefix)) return undefined
  const serviceEnd = key.indexOf('/', servicesPrefix.length)
  if (serviceEnd === -1) return undefined
  const service = key.slice(servicesPrefix.length, serviceEnd)
  const id = key.slice(key.lastIndexOf('/') + 1)
  return service === '' || id === '' ? undefined : { service, id }
}

const allLeftPrefix = '/waypost/services/left/'

/** What operators say of instances: one record each, which outlives the instance. */
export const overridesPrefix = '/waypost/services/overrides/'

export function overrideKey(service: string, id: string): string {
  return `${overridesPrefix}${service}/${id}`
}

/** The service and instance id that an override is about. */
export function readOverrideKey(key: string): { readonly service: string; readonly id: string } | undefined {
  const [service, id, ...more] = key.slice(overridesPrefix.length).split('/')
  return service && id && more.length === 0 ? { service, id } : undefined
}

/** The last records of those who left a service on purpose. They go some time after. */
export function leftPrefix(service: string): string {
  return `${allLeftPrefix}${service}/`
}

/** Where the record of the instance's key is kept once it has left. */
export function leftKey(key: string): string {
  return allLeftPrefix + key.slice(servicesPrefix.length)
}

/** Who follows a service: one leased record per process. */
export function subscribersPrefix(service: string): string {
  return `/waypost/services/subscribers/${service}/`
}

export function subscriberKey(service: string, process: string): string {
  return `${subscribersPrefix(service)}${process}`
}
