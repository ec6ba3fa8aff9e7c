import type { IncomingHttpHeaders } from 'node:http'
import type { Answer } from '../request/answer.ts'
import { readHost } from '../request/host.ts'
import type { ClientCertificate, RequestFacts } from '../request/request-facts.ts'
import { type PathRules, readRequestTarget } from '../request/request-target.ts'
import type { TrustedProxies } from '../server/trusted-proxies.ts'
import type { Downstream } from './downstream.ts'
import { type Origin, originOf } from './forwarded.ts'

export interface ReadRequest {
  readonly facts: RequestFacts
  readonly origin: Origin
}

/** What a request says, or the answer to one that programs in a row could understand differently. */
export function readRequest(
  down: Downstream,
  proxies: TrustedProxies,
  rules: PathRules | undefined,
): ReadRequest | Answer {
  const { method, connection } = down
  const framing = down.isChecked ? undefined : badFraming(down)
  if (framing) return framing
  if (method === 'CONNECT' || method === 'TRACE') {
    return refused(405, 'method-refused', `The gateway does not take ${method}.`)
  }
  const target = readRequestTarget(down.target, rules)
  if ('status' in target) return target
  if (target.path === '*' && method !== 'OPTIONS') return refused(400, 'bad-request-target', 'Only OPTIONS takes *.')
  const origin = originOf(connection, down, proxies)
  const host = readHost(origin.host ?? target.authority ?? down.authority)
  if (host === undefined) return refused(400, 'bad-host', 'The Host of the request is malformed.')
  return { facts: new Facts(down, origin, host, target.path, target.search), origin }
}

class Facts implements RequestFacts {
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly path: string
  readonly search: string
  readonly rawHeaders: readonly string[]
  readonly clientAddress: string
  readonly certificate: ClientCertificate | undefined
  readonly #down: Downstream

  constructor(down: Downstream, { scheme, clientAddress }: Origin, host: string, path: string, search: string) {
    this.method = down.method
    this.scheme = scheme
    this.host = host
    this.path = path
    this.search = search
    this.rawHeaders = down.rawHeaders
    this.clientAddress = clientAddress
    this.certificate = down.connection.certificate
    this.#down = down
  }

  /** Made when somebody asks for it: few routes do. */
  get headers(): IncomingHttpHeaders {
    return this.#down.headers
  }
}

/**
 * Messages whose end or whose host two programs may see in different places. Node's parser refuses most of them.
 *
 * Source: RFC 9112, sections 3.2 and 6.1.
 */
function badFraming({ protocol, headers, rawHeaders }: Downstream): Answer | undefined {
  const encoding = headers['transfer-encoding']
  if (encoding !== undefined) {
    if (protocol === '1.0' || headers['content-length'] !== undefined) {
      return refused(400, 'bad-framing', 'The length of the body is ambiguous.')
    }
    if (encoding.toLowerCase() !== 'chunked') {
      return refused(501, 'bad-framing', 'The gateway accepts no transfer encoding but chunked.')
    }
  }
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1
  }
  return hosts > 1 ? refused(400, 'bad-host', 'The request names more than one Host.') : undefined
}

function refused(status: number, code: string, detail: string): Answer {
  return { status, code, detail }
}
