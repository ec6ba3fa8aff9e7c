import type { Static, TSchema } from 'typebox'

/** The input of a request before it is checked. */
export interface OperationInput {
  readonly params: unknown
  readonly query: unknown
  /** `undefined` when there was no body. */
  readonly body: unknown
}

export interface OperationSchemas<Params extends TSchema, Query extends TSchema, Body extends TSchema> {
  /** One property for each parameter in the path. */
  readonly params?: Params | undefined
  readonly query?: Query | undefined
  /** JSON. Absent: the operation takes no body. */
  readonly body?: Body | undefined
}

/** The input as a handler sees it. */
export interface CheckedInput<Params extends TSchema, Query extends TSchema, Body extends TSchema> {
  readonly params: Static<Params>
  readonly query: Static<Query>
  readonly body: Static<Body>
}

/** Where a value came from. */
export type InputPart = 'path' | 'query' | 'body'

/** One thing that is wrong with a request. */
export interface InputError {
  readonly in: InputPart
  /** A JSON pointer (RFC 6901) to the value. */
  readonly pointer: string
  readonly detail: string
}
