/** Letters, digits, dashes, dots, underscores and a port, or an IPv6 address in brackets. */
const authority = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{0,5})?$/i

/**
 * The host of a `Host` header or `:authority`: in lower case, without port, brackets and trailing dot. `undefined` when
 * it is malformed; `''` for an empty one.
 *
 * Source: RFC 9110 section 7.2, RFC 3986 section 3.2.2.
 */
export function readHost(text: string): string | undefined {
  if (text === '') return ''
  const match = authority.exec(text)
  if (match === null) return undefined
  const host = (match[1] ?? match[2] ?? '').toLowerCase()
  const name = host.endsWith('.') ? host.slice(0, -1) : host
  return name === '' || name.startsWith('.') || name.includes('..') ? undefined : name
}
