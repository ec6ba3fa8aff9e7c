import type { Dispatcher } from 'undici'

type Headers = NonNullable<Dispatcher.DispatchOptions['headers']>

/** The headers with `host`, unless they have one: instances are to see the name that the caller used. */
export function withHost(headers: Headers | null | undefined, host: string): Headers {
  if (headers === undefined || headers === null) return ['host', host]
  if (Array.isArray(headers)) {
    for (let index = 0; index < headers.length; index += 2) if (isHost(headers[index])) return headers
    return ['host', host, ...headers]
  }
  if (Symbol.iterator in headers) {
    const pairs = [...headers]
    if (pairs.some(([name]) => isHost(name))) return pairs
    return [['host', host], ...pairs]
  }
  for (const name in headers) if (isHost(name)) return headers
  return { host, ...headers }
}

function isHost(name: string | undefined): boolean {
  return name?.length === 4 && name.toLowerCase() === 'host'
}
