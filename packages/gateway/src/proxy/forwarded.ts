import { isIP } from 'node:net'
import type { ClientConnection } from '../server/client-connection.ts'
import type { TrustedProxies } from '../server/trusted-proxies.ts'

/** For whom a request was made, as far as proxies in front can be believed. */
export interface Origin {
  readonly clientAddress: string
  readonly scheme: 'http' | 'https'
  /** What the client asked for; `undefined` when no trusted proxy says it. */
  readonly host: string | undefined
}

/** Headers by which proxies speak for others: removed from what strangers send. */
export function isForwardingHeader(name: string): boolean {
  return name === 'forwarded' || name === 'x-real-ip' || name.startsWith('x-forwarded-')
}

/**
 * Who made the request. The list of `X-Forwarded-For` is read from its end: as long as the one who wrote an entry is
 * trusted, the entry is believed.
 */
export function originOf(
  connection: ClientConnection,
  request: { readonly headers: Readonly<Record<string, string | readonly string[] | undefined>> },
  proxies: TrustedProxies,
): Origin {
  const ownScheme = connection.isEncrypted ? 'https' : 'http'
  if (!connection.isTrusted) return { clientAddress: connection.remoteAddress, scheme: ownScheme, host: undefined }
  const { headers } = request
  const forwarded = readForwarded(textOf(headers.forwarded) ?? '')
  let clientAddress = connection.remoteAddress
  const hops = textOf(headers['x-forwarded-for'])?.split(',') ?? forwarded.map((element) => element.get('for') ?? '')
  for (const hop of hops.reverse()) {
    const address = addressOf(hop)
    if (address === undefined) break
    clientAddress = address
    if (!proxies.has(address)) break
  }
  const said = (name: string): string | undefined =>
    lastOf(headers[`x-forwarded-${name}`]) ?? forwarded.at(-1)?.get(name)?.toLowerCase()
  const scheme = said('proto')
  return { clientAddress, scheme: scheme === 'http' || scheme === 'https' ? scheme : ownScheme, host: said('host') }
}

/**
 * The elements of `Forwarded`, each with its parameters; none at all when it is malformed.
 *
 * Source: RFC 7239, section 4.
 */
function readForwarded(value: string): ReadonlyMap<string, string>[] {
  const elements: Map<string, string>[] = [new Map()]
  let at = 0
  while (at < value.length) {
    parameter.lastIndex = at
    const [all, name, bare, quoted, separator] = parameter.exec(value) ?? []
    if (all === undefined) return []
    if (name !== undefined) elements.at(-1)?.set(name.toLowerCase(), bare ?? quoted?.replace(/\\(.)/g, '$1') ?? '')
    if (separator === ',') elements.push(new Map())
    at += all.length
  }
  return elements.filter(({ size }) => size > 0)
}

/** A pair of name and value, or nothing, and what ends it. */
const parameter =
  /[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=(?:([\w!#$%&'*+.^`|~:[\]-]+)|"((?:[^"\\]|\\.)*)")[ \t]*)?(?:([;,])|$)/y

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value.join(',')
}

function lastOf(value: string | readonly string[] | undefined): string | undefined {
  return textOf(value)?.split(',').at(-1)?.trim().toLowerCase()
}

/** An address with or without port and brackets; `undefined` for anything else, such as `unknown`. */
function addressOf(hop: string): string | undefined {
  const text = hop.trim()
  const bare = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? (isIP(text) === 0 ? text.replace(/:\d+$/, '') : text)
  return isIP(bare) === 0 ? undefined : bare
}
