import type { AuthCommand } from './auth-command.ts'
import { type AuthStore, rootName } from './auth-store.ts'
import type { Passwords } from './passwords.ts'

/** How far the revision rises while root is made: user, role, grant. */
const revisionOnceRootIsMade = 4n

/**
 * At the first start, makes the user and the role root and turns auth on; takes up what a crash interrupted.
 * A store in which auth was ever set up, if only to be turned off again, is left as it is.
 */
export async function createRoot(
  store: AuthStore,
  passwords: Passwords,
  password: string,
  propose: (command: AuthCommand) => Promise<unknown>,
): Promise<void> {
  if (store.enabled || store.revision > revisionOnceRootIsMade) return
  if (!store.user(rootName)) {
    const hashedPassword = await passwords.hashForLog(password)
    await propose({ kind: 'userAdd', request: { name: rootName, password: '', options: undefined, hashedPassword } })
  }
  if (!store.permissionsOf(rootName)) await propose({ kind: 'roleAdd', request: { name: rootName } })
  if (!store.isRoot(rootName)) await propose({ kind: 'userGrantRole', request: { user: rootName, role: rootName } })
  await propose({ kind: 'enable', request: {} })
}
