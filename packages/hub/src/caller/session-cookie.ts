import type { Clock } from '@waypost/core'
import { sessionCookie } from './credentials.ts'
import type { Session, Sessions } from './sessions.ts'

/** What a session's cookie depends on. */
export interface CookieParts {
  readonly sessions: Sessions
  readonly clock: Clock
  /** Whether browsers may send it over TLS only. */
  readonly isSecure: boolean
}

/** `Set-Cookie` (RFC 6265) for a session; without one it removes the cookie. */
export function sessionCookieHeader({ sessions, clock, isSecure }: CookieParts, session: Session | undefined): string {
  const value = session === undefined ? '' : sessions.seal(session)
  const seconds = session === undefined ? 0 : Math.max(0, Math.floor((session.expiresMs - clock.epochMs()) / 1000))
  return `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${isSecure ? '; Secure' : ''}`
}
