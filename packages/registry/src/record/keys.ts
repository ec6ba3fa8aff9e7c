/** An instance by its service and its id. */
export interface InstanceName {
  readonly service: string
  readonly id: string
}

/** The prefix of every instance's record. */
export const servicesPrefix = '/services/'

/** The prefix of one service's instances. It ends in a slash, so `user` never finds `user-admin`. */
export function servicePrefix(service: string): string {
  return `${servicesPrefix}${service}/`
}

/** The key of an instance's record. */
export function instanceKey(service: string, id: string): string {
  return `${servicesPrefix}${service}/${id}`
}

/** The service and instance id that a key names; `undefined` when it is no instance's key, such as a deeper one. */
export function readInstanceKey(key: string): InstanceName | undefined {
  return key.startsWith(servicesPrefix) ? readName(key.slice(servicesPrefix.length)) : undefined
}

const allLeftPrefix = '/waypost/services/left/'

/** Operators' overrides: one record for each instance, which outlives the instance. */
export const overridesPrefix = '/waypost/services/overrides/'

export function overrideKey(service: string, id: string): string {
  return `${overridesPrefix}${service}/${id}`
}

/** The service and instance id that an override is for. */
export function readOverrideKey(key: string): InstanceName | undefined {
  return readName(key.slice(overridesPrefix.length))
}

/** The last records of instances that left a service deliberately. They expire some time later. */
export function leftPrefix(service: string): string {
  return `${allLeftPrefix}${service}/`
}

/** Where an instance's last record is kept after it has left. */
export function leftKey(key: string): string {
  return allLeftPrefix + key.slice(servicesPrefix.length)
}

/** The processes that follow a service: one leased record each. */
export function subscribersPrefix(service: string): string {
  return `/waypost/services/subscribers/${service}/`
}

export function subscriberKey(service: string, process: string): string {
  return `${subscribersPrefix(service)}${process}`
}

/** Reads `<service>/<id>`. */
function readName(path: string): InstanceName | undefined {
  const slash = path.indexOf('/')
  const service = path.slice(0, slash)
  const id = path.slice(slash + 1)
  return slash < 1 || id === '' || id.includes('/') ? undefined : { service, id }
}
