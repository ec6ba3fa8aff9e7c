import { WaypostError } from '@waypost/core'

/** A user of the store. */
export interface Credentials {
  readonly username: string
  readonly password: string
}

/** What a request shows of who makes it. */
export type Shown =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'password'; readonly credentials: Credentials }
  | { readonly kind: 'token'; readonly token: string; readonly from: 'bearer' | 'cookie' }

export const sessionCookie = 'waypost_session'

/** RFC 7617 and RFC 6750; else the cookie. Fails with `unauthenticated` for a header that is neither. */
export function readCredentials(authorization: string | undefined, cookie: string | undefined): Shown {
  if (authorization !== undefined) {
    const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(authorization) ?? []
    if (scheme.toLowerCase() === 'basic') {
      const text = Buffer.from(value, 'base64').toString('utf8')
      const colon = text.indexOf(':')
      if (colon > 0) {
        return { kind: 'password', credentials: { username: text.slice(0, colon), password: text.slice(colon + 1) } }
      }
    }
    if (scheme.toLowerCase() === 'bearer') return { kind: 'token', token: value, from: 'bearer' }
    throw new WaypostError(
      'unauthenticated',
      'The header Authorization must be "Basic <user:password in base64>" or "Bearer <token>".',
    )
  }
  const token = cookie === undefined ? undefined : cookieValue(cookie, sessionCookie)
  return token === undefined ? { kind: 'nothing' } : { kind: 'token', token, from: 'cookie' }
}

/** The value of a cookie in the header `Cookie`. */
export function cookieValue(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return undefined
}
