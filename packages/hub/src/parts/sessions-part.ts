import { WaypostError } from '@waypost/core'
import { EndedSessions } from '../caller/ended-sessions.ts'
import type { HubPart } from './hub-part.ts'

/** Lets a logout hold at all hubs that take each other's sessions. It is written and read with the hub's own login. */
export const sessionsPart: HubPart = {
  name: 'sessions',
  async start({ settings, own, sessions, clock, logger }) {
    if (settings.sessionSecret === undefined || own.user === undefined) return undefined
    const ended = new EndedSessions(own.etcd, clock)
    sessions.share(ended)
    ended.ready.catch((error: unknown) => {
      if (!WaypostError.is(error, 'permission-denied')) return
      logger.warn(
        `The hub's login may not read /waypost/hub/, so a logout takes effect at one hub only: ${error.message}`,
      )
      sessions.share(undefined)
    })
    return { close: () => ended.close() }
  },
}
