import { ApiError, errorOf } from './api-error.ts'
import { type Operations, routes } from './operations.gen.ts'

export type OperationId = keyof Operations

type Part<Name extends string, Value> = Value extends Record<never, never> | undefined
  ? keyof NonNullable<Value> extends never
    ? { readonly [K in Name]?: undefined }
    : Record<never, never> extends Value
      ? { readonly [K in Name]?: Value }
      : { readonly [K in Name]: Value }
  : { readonly [K in Name]: Value }

/** What an operation takes: parameters of the path, of the query, and a body. */
export type InputOf<Id extends OperationId> = Part<'params', Operations[Id]['params']> &
  Part<'query', Operations[Id]['query']> &
  (Operations[Id]['body'] extends undefined ? { readonly body?: undefined } : { readonly body: Operations[Id]['body'] })

export type ResultOf<Id extends OperationId> = Operations[Id]['result']

let csrfToken: string | undefined

/** What the hub wants to see with every change of a session that a cookie holds. */
export function setCsrfToken(token: string | undefined): void {
  csrfToken = token
}

/** Longer than any handler of the hub takes. */
const timeoutMs = 45_000

/** Asks the hub. Throws an `ApiError` for every answer that is not a success, and when there is none. */
export async function call<Id extends OperationId>(
  id: Id,
  input: InputOf<Id>,
  signal?: AbortSignal,
): Promise<ResultOf<Id>> {
  const { method, url } = requestOf(id, input)
  const body: unknown = input.body
  const response = await send(url, {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'GET' || csrfToken === undefined ? {} : { 'x-csrf-token': csrfToken }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]),
  })
  if (!response.ok) throw await errorOf(response)
  const type = response.headers.get('content-type') ?? ''
  if (response.status === 204 || type === '') return undefined as ResultOf<Id>
  return (type.includes('json') ? await response.json() : await response.text()) as ResultOf<Id>
}

/** The address of an operation, for links and downloads. */
export function urlOf<Id extends OperationId>(id: Id, input: InputOf<Id>): string {
  return requestOf(id, input).url
}

function requestOf<Id extends OperationId>(id: Id, input: InputOf<Id>): { method: string; url: string } {
  const [method, path] = routes[id]
  const params: Readonly<Record<string, unknown>> = input.params ?? {}
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input.query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined) query.append(name, String(item))
    }
  }
  return { method, url: query.size === 0 ? filled : `${filled}?${query}` }
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, credentials: 'same-origin' })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    const isTimeout = error instanceof DOMException && error.name === 'TimeoutError'
    throw new ApiError(isTimeout ? 'No answer came in time.' : 'No answer came.', {
      code: isTimeout ? 'deadline-exceeded' : 'network',
      status: 0,
    })
  }
}
