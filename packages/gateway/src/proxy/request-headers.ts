import type { HeaderEdits } from '../routes/route.ts'
import type { Downstream } from './downstream.ts'
import { isForwardingHeader, type Origin } from './forwarded.ts'
import { editHeaders, hasEdits, removeHeader, setHeader } from './header-edits.ts'
import { connectionOptions, isHopByHop } from './hop-by-hop.ts'

export interface RequestHeaderParts {
  readonly down: Downstream
  readonly origin: Origin
  readonly requestId: string
  readonly isIdentityHeader: (name: string) => boolean
  readonly edits: HeaderEdits
  /** What policies keep from the instance, in lower case. */
  readonly removed: readonly string[]
  /** What policies found out. */
  readonly policyHeaders: readonly (readonly [name: string, value: string])[]
}

/**
 * The headers of the request to the instance, without `Host`. What the client lists in `Connection` is taken out
 * before the gateway adds its own, so that it cannot take those out.
 */
export function requestHeaders(parts: RequestHeaderParts): string[] {
  const { down, origin, requestId, isIdentityHeader, edits, removed, policyHeaders } = parts
  const { rawHeaders, connection } = down
  const options = connectionOptions(rawHeaders)
  const headers: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const rawName = rawHeaders[index] ?? ''
    const name = rawName.toLowerCase()
    if (isHopByHop(name) || name === 'host' || name === 'expect' || name === 'x-request-id') continue
    if (name.charCodeAt(0) === 58 || options?.has(name) || isIdentityHeader(name)) continue
    if (isForwardingHeader(name) && (!connection.isTrusted || isOwn(name))) continue
    headers.push(rawName, rawHeaders[index + 1] ?? '')
  }
  const before = connection.isTrusted ? down.headers['x-forwarded-for'] : undefined
  headers.push(
    'x-forwarded-for',
    before === undefined ? connection.remoteAddress : `${before}, ${connection.remoteAddress}`,
  )
  headers.push('x-forwarded-proto', origin.scheme)
  headers.push('x-forwarded-host', origin.host ?? down.authority)
  headers.push('x-request-id', requestId)
  const forwarded = connection.isTrusted ? down.headers.forwarded : undefined
  if (forwarded !== undefined)
    headers.push('forwarded', `${forwarded}, for="${forwardedNode(connection.remoteAddress)}"`)
  if (hasEdits(edits)) editHeaders(headers, edits)
  for (const name of removed) removeHeader(headers, name)
  for (const [name, value] of policyHeaders) setHeader(headers, name, value)
  return headers
}

/** The gateway writes these itself. */
function isOwn(name: string): boolean {
  return (
    name === 'x-forwarded-for' || name === 'x-forwarded-proto' || name === 'x-forwarded-host' || name === 'forwarded'
  )
}

/** Source: RFC 7239, section 6. */
function forwardedNode(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
