import { isIP } from 'node:net'
import type { HttpRequest, HttpResponse } from './server-options.ts'

export interface RequestGuardOptions {
  /**
   * Whether only requests to this machine by one of its own names are let in: on a loopback address where nobody needs
   * to log in. Asked for each request.
   */
  isPrivate(): boolean
  /** Names that are let in besides; `*` lets every name in. */
  readonly allowedHosts?: readonly string[] | undefined
  /** Origins of other sites whose pages may use the store; `*` stands for every one. */
  readonly allowedOrigins?: readonly string[] | undefined
}

/**
 * Keeps pages of other sites out of a server on their reader's machine. A browser says in `Origin` which site a page is
 * from. A site can also give its own name this machine's address, and is then asked for by that name: so where nobody
 * needs to log in, only names of this machine are answered.
 */
export class RequestGuard {
  readonly #isPrivate: () => boolean
  readonly #hosts: ReadonlySet<string>
  readonly #origins: ReadonlySet<string>

  constructor({ isPrivate, allowedHosts = [], allowedOrigins = [] }: RequestGuardOptions) {
    this.#isPrivate = isPrivate
    this.#hosts = new Set(allowedHosts.map((host) => host.toLowerCase()))
    this.#origins = new Set(allowedOrigins)
  }

  /** Why the request is refused; undefined when it may go on. */
  refusalOf(request: HttpRequest): string | undefined {
    const host = request.headers.host ?? request.headers[':authority']
    const name = typeof host === 'string' ? hostnameOf(host) : undefined
    if (this.#isPrivate() && name !== undefined && !this.#isAllowedHost(name))
      return `This server answers to localhost and to IP addresses, not to ${JSON.stringify(name)}.`
    const { origin } = request.headers
    if (origin === undefined || this.#isAllowedOrigin(origin) || this.#isOwnOrigin(origin, host)) return undefined
    return 'Pages of other sites may not use this server.'
  }

  /** Tells a browser that the page may read the answer. True: the request was only the question, and is answered. */
  shareWith(request: HttpRequest, response: HttpResponse): boolean {
    const { origin } = request.headers
    if (origin === undefined || !this.#isAllowedOrigin(origin)) return false
    response.setHeader('access-control-allow-origin', origin)
    response.setHeader('access-control-allow-methods', 'POST, GET, OPTIONS')
    response.setHeader('access-control-allow-headers', 'accept, content-type, authorization')
    response.setHeader('vary', 'origin')
    if (request.method !== 'OPTIONS') return false
    response.statusCode = 204
    response.end()
    return true
  }

  #isAllowedHost(name: string): boolean {
    return isOwnName(name) || this.#hosts.has(name) || this.#hosts.has('*')
  }

  /** Where a login is needed, a name that was made to lead here brings no rights with it. */
  #isOwnOrigin(origin: string, host: string | readonly string[] | undefined): boolean {
    const url = URL.canParse(origin) ? new URL(origin) : undefined
    if (url === undefined || url.host !== host) return false
    return !this.#isPrivate() || this.#isAllowedHost(hostnameOf(url.host))
  }

  #isAllowedOrigin(origin: string): boolean {
    return this.#origins.has(origin) || this.#origins.has('*')
  }
}

/** Names that no name server can give another address: an address is its own. */
function isOwnName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0
}

/** `host`, `host:port` or `[address]:port` without the port, in lower case. */
function hostnameOf(host: string): string {
  const [, bracketed, plain = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? []
  return (bracketed ?? (plain === '' ? host : plain)).toLowerCase()
}
