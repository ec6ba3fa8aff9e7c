import { EtcdClient } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { afterAll, beforeAll } from 'vitest'
import { type RunningHub, startStoreAndHub } from '../hub.test-support.ts'
import type { HubOptions } from '../hub-options.ts'

/** What the tests of a file share: one store, one hub, and clients of both. */
export interface OnHub {
  readonly running: RunningHub
  readonly etcd: EtcdClient
  readonly config: ConfigCenter
  /** Requests with the login that `as` names; without one, with none. */
  call(method: string, path: string, body?: unknown, as?: string): Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Parsed when it is JSON. */
  readonly body: unknown
}

export interface OnHubOptions extends Partial<HubOptions> {
  /** Users log in: each with this password. Their roles are the test's. */
  readonly rootPassword?: string
}

/** Registers the start and the end of a store and a hub. `on()` is valid while a test runs. */
export function onHub(options: OnHubOptions = {}): () => OnHub {
  let on: OnHub | undefined
  beforeAll(async () => {
    const { rootPassword } = options
    const running = await startStoreAndHub(options)
    const auth = rootPassword === undefined ? undefined : { username: 'root', password: rootPassword }
    const etcd = new EtcdClient({ endpoints: running.store.url, auth })
    on = { running, etcd, config: new ConfigCenter(etcd), call: callsTo(running.hub.url, rootPassword) }
  })
  afterAll(async () => {
    await on?.config.close()
    await on?.etcd.close()
    await on?.running[Symbol.asyncDispose]()
  })
  return () => {
    if (on === undefined) throw new Error('The hub is used before it was started.')
    return on
  }
}

export function callsTo(url: string, password: string | undefined): OnHub['call'] {
  return async (method, path, body, as) => {
    const login = Buffer.from(`${as}:${password}`).toString('base64')
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(as === undefined ? {} : { authorization: `Basic ${login}` }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text }
  }
}

/** `order/a.yaml` as one part of an address. */
export function part(text: string): string {
  return encodeURIComponent(text)
}

/** The events of a stream, as they come. */
export async function* eventsOf(
  response: Response,
): AsyncGenerator<{ event: string; id: string | undefined; data: unknown }> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      )
      text = text.slice(end + 2)
      if (fields.data !== undefined) yield { event: fields.event ?? '', id: fields.id, data: JSON.parse(fields.data) }
    }
  }
}
