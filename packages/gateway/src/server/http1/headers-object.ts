import type { IncomingHttpHeaders } from 'node:http'

/** Headers of which a message has one: of more, the first is taken. */
const single = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
])

/** A flat list of headers as Node gives them: by names in lower case, repeated ones joined. */
export function headersObject(flat: readonly string[]): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {}
  for (let index = 0; index < flat.length; index += 2) {
    const name = (flat[index] ?? '').toLowerCase()
    const value = flat[index + 1] ?? ''
    if (name === 'set-cookie') {
      headers[name] = [...(headers[name] ?? []), value]
      continue
    }
    const present = headers[name]
    // What an object has from its prototype is no text.
    if (typeof present !== 'string') headers[name] = value
    else if (!single.has(name)) headers[name] = `${present}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return headers
}
