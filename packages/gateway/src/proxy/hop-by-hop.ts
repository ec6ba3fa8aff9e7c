/**
 * Headers that belong to one connection and are never passed on.
 *
 * Source: RFC 9110, section 7.6.1; RFC 9113, section 8.2.2.
 */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** Most names have another length than all of these, and need not be looked up. */
const lengths = Uint8Array.from({ length: 32 }, (_, length) =>
  [...hopByHop].some((name) => name.length === length) ? 1 : 0,
)

export function isHopByHop(name: string): boolean {
  return lengths[name.length] === 1 && hopByHop.has(name.toLowerCase())
}

/**
 * Names that must not be taken out by being listed in `Connection`: without them the message would mean something
 * else, or lose what the gateway vouches for.
 */
const kept = new Set(['content-length', 'content-type', 'content-encoding', 'host', 'authorization', 'cookie', 'date'])

/** The names that the `Connection` headers of a message list, in lower case; `undefined` when there are none. */
export function connectionOptions(headers: readonly string[]): ReadonlySet<string> | undefined {
  let options: Set<string> | undefined
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue
    const value = headers[index + 1] ?? ''
    // As most programs send it.
    if (value === 'keep-alive' || value === 'close') continue
    for (const part of value.split(',')) {
      const option = part.trim().toLowerCase()
      if (option === '' || option === 'keep-alive' || option === 'close' || kept.has(option)) continue
      options ??= new Set()
      options.add(option)
    }
  }
  return options
}
