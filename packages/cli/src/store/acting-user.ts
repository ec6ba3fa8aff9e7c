import { hostname, userInfo } from 'node:os'
import { readEnvironment } from 'waypost/environment'
import type { GlobalOptions } from '../command-line/global-options.ts'

/** Who does it when nobody says: the user of the store, else the user on this machine. */
export function actingUser({ user, password }: GlobalOptions): string {
  const storeUser = user === undefined || password !== undefined ? user : user.split(':')[0]
  return storeUser ?? readEnvironment().username ?? `${userInfo().username}@${hostname()}`
}
