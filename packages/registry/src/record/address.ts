import { isIPv6 } from 'node:net'

export interface Address {
  readonly host: string
  readonly port: number
  readonly scheme: string | undefined
}

const defaultPorts: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['ws', 80],
  ['wss', 443],
])

const maxHostLength = 253
/** Labels of at most 63 characters, as in DNS (RFC 1035), in any script. */
const hostPattern = /^(?:[\p{L}\p{N}_-]{1,63}\.)*[\p{L}\p{N}_-]{1,63}\.?$/u

/** Reads `host:port`, `[ipv6]:port` or a URL, of which only scheme, host and port count. */
export function parseAddress(text: string): Address | undefined {
  const url = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(text)
  const scheme = url?.[1]?.toLowerCase()
  const authority = url?.[2] ?? text
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d+))?$/.exec(authority)
  if (!parts) return undefined
  const host = parseHost(parts[1] === undefined ? (parts[2] ?? '') : `[${parts[1]}]`)
  const port = parts[3] === undefined ? defaultPort(scheme) : parsePort(parts[3])
  return host === undefined || port === undefined ? undefined : { host, port, scheme }
}

/**
 * A host name or address without brackets. `undefined` when it is neither, and for the unspecified addresses `0.0.0.0`
 * and `::`: a server can listen on them, but nobody can reach it there.
 */
export function parseHost(text: string): string | undefined {
  if (text.startsWith('[') && text.endsWith(']')) {
    const inner = text.slice(1, -1)
    return parseIPv6(inner)
  }
  if (text.includes(':')) return parseIPv6(text)
  return text.length <= maxHostLength && hostPattern.test(text) && text !== '0.0.0.0' ? text : undefined
}

/** An address with a zone, such as `fe80::1%eth0`, means something on one machine only. */
function parseIPv6(text: string): string | undefined {
  return isIPv6(text) && !text.includes('%') && !/^[0:]+$/.test(text) ? text : undefined
}

export function parsePort(value: unknown): number | undefined {
  const port = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value
  return typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined
}

export function defaultPort(scheme: string | undefined): number | undefined {
  return scheme === undefined ? undefined : defaultPorts.get(scheme)
}

export function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
