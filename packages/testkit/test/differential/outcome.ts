import { RpcError } from '@waypost/rpc'

/** What a call came to, as plain data that two stores can be compared by. */
export type Outcome =
  | { readonly revision: bigint | undefined; readonly body: unknown }
  | { readonly code: string; readonly message: string }

interface WithHeader {
  readonly header: { readonly revision: bigint } | undefined
}

/** Of the outer header only the revision counts; ids and terms are each store's own. */
export async function outcomeOf<T extends WithHeader>(
  call: Promise<T>,
  shape: (body: T) => unknown = plain,
): Promise<Outcome> {
  try {
    const response = await call
    return { revision: response.header?.revision, body: shape({ ...response, header: undefined }) }
  } catch (error) {
    if (!RpcError.is(error)) throw error
    return { code: error.codeName, message: error.message }
  }
}

/** Bytes become latin1 text, for comparison and for people. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
  }
  return value
}
