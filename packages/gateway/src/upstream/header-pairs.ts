import type { OutgoingHttpHeaders } from 'node:http2'

/** A flat list of headers as Node's HTTP/2 takes them: with names in lower case, repeated ones as lists. */
export function http2Headers(flat: readonly string[]): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {}
  for (let index = 0; index < flat.length; index += 2) {
    const name = (flat[index] ?? '').toLowerCase()
    const value = flat[index + 1] ?? ''
    const present = headers[name]
    if (name.charCodeAt(0) === 58) continue
    if (present === undefined) headers[name] = value
    else if (Array.isArray(present)) present.push(value)
    else headers[name] = [String(present), value]
  }
  return headers
}

/** Without the pseudo-headers of HTTP/2. */
export function withoutPseudoHeaders(flat: readonly string[]): string[] {
  const kept: string[] = []
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index] ?? ''
    if (name.charCodeAt(0) !== 58) kept.push(name, flat[index + 1] ?? '')
  }
  return kept
}
