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
