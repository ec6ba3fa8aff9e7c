import { request as requestOverHttp } from 'node:http'
import { type RequestOptions, request as requestOverTls } from 'node:https'
import type { EtcdClientOptions } from '@waypost/client'
import { errorCodes, WaypostError, type WaypostErrorCode } from '@waypost/core'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { storeOptions } from '../store/store-options.ts'

/** The longest that a hub may take when no `--timeout` says otherwise: it validates against live processes. */
const defaultTimeoutMs = 30_000

export interface HubRequest {
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: object
}

/** What a command asks a hub for, with the login of the command, or with the token in `WAYPOST_TOKEN`. */
export class HubApi {
  readonly url: URL
  readonly #options: GlobalOptions

  constructor(url: URL, options: GlobalOptions) {
    this.url = url
    this.#options = options
  }

  /** Whether the hub knows who asks. */
  async hasLogin(): Promise<boolean> {
    return bearerToken() !== undefined || (await storeOptions(this.#options)).auth !== undefined
  }

  /** Resolves with what it answers. Fails with the hub's own code, words and facts, and with `unavailable`. */
  async ask(method: string, path: string, { query = {}, body }: HubRequest = {}): Promise<unknown> {
    const url = new URL(path, this.url)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, `${value}`)
    const { auth, tls } = await storeOptions(this.#options)
    const text = body === undefined ? undefined : JSON.stringify(body)
    const answered = await exchanged(url, text, {
      method,
      headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...authorization(auth) },
      ...tlsOptions(tls),
      signal: AbortSignal.timeout(this.#options.timeout ?? defaultTimeoutMs),
    })
    const answer = parsed(answered.text)
    if (answered.status >= 200 && answered.status < 300) return answer
    const { code, detail, type, title, status, requestId, retryable, ...details } = Object(answer)
    throw new WaypostError(
      isCode(code) ? code : 'internal',
      typeof detail === 'string' ? detail : `The hub at ${url.origin} answered with status ${answered.status}.`,
      { details },
    )
  }
}

function bearerToken(): string | undefined {
  return process.env.WAYPOST_TOKEN || undefined
}

function authorization(auth: EtcdClientOptions['auth']): { readonly authorization?: string } {
  const token = bearerToken()
  if (token !== undefined) return { authorization: `Bearer ${token}` }
  if (auth === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` }
}

function tlsOptions(given: EtcdClientOptions['tls']): RequestOptions {
  const { ca, cert, key, rejectUnauthorized } = (typeof given === 'function' ? given() : given) ?? {}
  return { ca: asPem(ca), cert: asPem(cert), key: asPem(key), rejectUnauthorized }
}

type Pem = string | Uint8Array

function asPem(pem: Pem | readonly Pem[] | undefined): string | undefined {
  if (pem === undefined) return undefined
  const parts = typeof pem === 'string' || pem instanceof Uint8Array ? [pem] : pem
  return parts.map((part) => Buffer.from(part).toString()).join('\n')
}

function exchanged(
  url: URL,
  body: string | undefined,
  options: RequestOptions,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    let isConnected = false
    const failed = (error: Error): void => {
      // What was sent may have been done.
      const code = isConnected ? 'outcome-unknown' : 'unavailable'
      reject(new WaypostError(code, `The hub at ${url.origin} did not answer: ${error.message}`, { cause: error }))
    }
    const request = url.protocol === 'https:' ? requestOverTls : requestOverHttp
    const sent = request(url, options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', failed)
    })
    sent.once('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        isConnected = true
      })
    })
    sent.on('error', failed)
    sent.end(body)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isCode(code: unknown): code is WaypostErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code)
}
