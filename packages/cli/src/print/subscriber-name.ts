import type { Subscriber } from '@waypost/registry'

/** A process that follows a service, for people. */
export function nameOf({ process, app, pid, host }: Subscriber): string {
  const where = [app, pid === undefined ? host : `pid ${pid} on ${host ?? 'an unknown host'}`].filter(Boolean)
  return where.length === 0 ? process : `${process} (${where.join(', ')})`
}
