import { isIP } from 'node:net'
import type { HttpRequest } from '@waypost/rpc/server'

/**
 * Whether a browser sent the request for a page of another site. Such a page could otherwise write to a store that
 * listens on its reader's machine, where nobody needs to log in. Programs that are not browsers send no `Origin`.
 */
export function isFromForeignPage(request: HttpRequest): boolean {
  const { origin } = request.headers
  if (origin === undefined) return false
  const host = request.headers.host ?? request.headers[':authority']
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  if (url === undefined || url.host !== host) return true
  // A page's own site can be given this machine's address by its name server; an address itself cannot.
  return url.hostname !== 'localhost' && isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0
}
